package dev.fairlead.agent.login;

import java.util.Map;

/// The signals that RFC 4254 names, and those that OpenSSH and people send besides.
final class Signals {

    /// Numbers of Linux on x86-64 and arm64.
    private static final Map<String, Integer> NUMBERS =
            Map.ofEntries(
                    Map.entry("HUP", 1),
                    Map.entry("INT", 2),
                    Map.entry("QUIT", 3),
                    Map.entry("ILL", 4),
                    Map.entry("ABRT", 6),
                    Map.entry("FPE", 8),
                    Map.entry("KILL", 9),
                    Map.entry("USR1", 10),
                    Map.entry("SEGV", 11),
                    Map.entry("USR2", 12),
                    Map.entry("PIPE", 13),
                    Map.entry("ALRM", 14),
                    Map.entry("TERM", 15),
                    Map.entry("CONT", 18),
                    Map.entry("STOP", 19),
                    Map.entry("TSTP", 20),
                    Map.entry("WINCH", 28));

    private Signals() {}

    /// The number of a signal, or 0 where the name is unknown.
    static int number(String name) {
        return NUMBERS.getOrDefault(name.startsWith("SIG") ? name.substring(3) : name, 0);
    }
}
