package dev.fairlead.agent.login;

import java.util.List;

/// The terminal that a program is started on.
///
/// @param type the value of TERM
/// @param columns 0 where it is not known
/// @param rows 0 where it is not known
/// @param modes arguments for `stty`, such as `-echo` or `intr 3`, applied before the program
///   starts
public record Terminal(String type, int columns, int rows, List<String> modes) {

    public Terminal {
        modes = List.copyOf(modes);
    }
}
