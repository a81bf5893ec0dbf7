package dev.fairlead.agent.login;

import java.util.Map;

/// The terminal that a program is started on.
///
/// @param type the value of TERM
/// @param columns 0 where it is not known
/// @param rows 0 where it is not known
/// @param modes by the opcodes of RFC 4254, section 8; unknown ones are ignored
public record Terminal(String type, int columns, int rows, Map<Integer, Integer> modes) {

    public Terminal {
        modes = Map.copyOf(modes);
    }
}
