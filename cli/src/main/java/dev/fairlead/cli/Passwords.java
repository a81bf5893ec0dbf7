package dev.fairlead.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Passwords come from the terminal or from standard input, never from the command line, which
/// every user of the machine can read.
final class Passwords {

    private static final int LONGEST = 4096;

    private Passwords() {}

    /// @param fromStdin take the first line of standard input
    /// @throws CliException where there is neither
    static String read(CliParts parts, boolean fromStdin, String question) {
        String password = fromStdin ? line(parts) : parts.prompt().secret(question);
        if (password == null) {
            throw new CliException(
                    Exit.USAGE,
                    "There is no terminal to ask for the password at.",
                    "Give it on standard input: --password-stdin");
        }
        if (password.isEmpty()) {
            throw new CliException(Exit.USAGE, "The password is empty.");
        }
        return password;
    }

    /// A new password; a person types it twice.
    static String choose(CliParts parts, boolean fromStdin, String who) {
        String password = read(parts, fromStdin, "New password for " + who + ": ");
        if (!fromStdin && !password.equals(parts.prompt().secret("The same again: "))) {
            throw new CliException(Exit.USAGE, "The two passwords differ; nothing was changed.");
        }
        return password;
    }

    private static String line(CliParts parts) {
        var line = new ByteArrayOutputStream();
        try {
            for (int b = parts.in().read(); b >= 0 && b != '\n'; b = parts.in().read()) {
                line.write(b);
                if (line.size() > LONGEST) {
                    throw new CliException(
                            Exit.USAGE,
                            "The first line of standard input is too long for a password.");
                }
            }
        } catch (IOException e) {
            throw new CliException(Exit.FAILED, "Standard input broke: " + e.getMessage() + ".");
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
