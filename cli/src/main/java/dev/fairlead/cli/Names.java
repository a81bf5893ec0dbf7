package dev.fairlead.cli;

import java.util.regex.Pattern;

/// What names may look like before they reach an argv, a path, a URL or a configuration file. The
/// hub settles names and checks them again; here is only what could do harm on this machine.
public final class Names {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern NODE_ID = Pattern.compile("node_[0-9a-hjkmnp-tv-z]{26}");
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.@-]{0,63})\\$?");

    private Names() {}

    /// A lower-case DNS label, as nodes, tenants and profiles are named.
    public static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    /// @param kind what it is, for the message: `tenant`, `profile`
    /// @throws CliException where it is not a lower-case DNS label
    public static String label(String kind, String text) {
        if (!isLabel(text)) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + text + "\" is not the name of a " + kind + ".",
                    "Names are 1 to 63 of a-z 0-9 and -, and neither begin nor end with -.");
        }
        return text;
    }

    /// A node's name or id.
    ///
    /// @throws CliException where it is neither
    public static String node(String text) {
        return NODE_ID.matcher(text).matches() ? text : label("node", text);
    }

    /// A login name of a node. Wider than POSIX (domain users), but never an option or shell text.
    ///
    /// @throws CliException where it is not
    public static String login(String text) {
        if (!LOGIN.matcher(text).matches()) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + text + "\" is not a login name.",
                    "Logins are up to 64 of A-Z a-z 0-9 _ . @ and -.");
        }
        return text;
    }
}
