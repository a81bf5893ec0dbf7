package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A port here and where it leads: `[BIND:]PORT:HOST:PORT`, IPv6 addresses in brackets.
///
/// @param bind the address to listen on; loopback unless given
/// @param port 0 for any that is free
/// @param target `HOST:PORT` as seen from the node
public record ForwardSpec(String bind, int port, String target) {

    private static final String HOST = "(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9_.*-]*)";
    private static final Pattern SPEC =
            Pattern.compile("(?:" + HOST + ":)?([0-9]{1,5}):" + HOST + ":([0-9]{1,5})");

    /// @throws CliException where it makes no sense
    public static ForwardSpec parse(String text) {
        var match = SPEC.matcher(text);
        if (!match.matches() || match.group(3).isEmpty() || match.group(3).contains("*")) {
            throw bad(text, "it is not [BIND:]PORT:HOST:PORT");
        }
        String bind = bind(match.group(1));
        int port = port(text, match.group(2), 0);
        int there = port(text, match.group(4), 1);
        return new ForwardSpec(bind, port, match.group(3) + ":" + there);
    }

    private static String bind(@Nullable String typed) {
        if (typed == null || typed.isEmpty()) {
            return "127.0.0.1";
        }
        return typed.equals("*") ? "0.0.0.0" : typed.replace("[", "").replace("]", "");
    }

    private static int port(String text, String digits, int least) {
        int port = Integer.parseInt(digits);
        if (port < least || port > 65_535) {
            throw bad(text, digits + " is not a port");
        }
        return port;
    }

    private static CliException bad(String text, String why) {
        return new CliException(
                Exit.USAGE,
                "\"" + text + "\" does not say what to forward: " + why + ".",
                "For example 8080:localhost:80, or 0.0.0.0:8080:10.0.0.7:80");
    }
}
