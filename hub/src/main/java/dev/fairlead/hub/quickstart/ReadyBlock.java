package dev.fairlead.hub.quickstart;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands on the terminal when everything is ready.
///
/// @param console where a browser goes
/// @param administrator the name of the first administrator
/// @param password of the first start, null later: only its hash is kept
/// @param launcher how to type `fairlead` from here
/// @param data the folder with everything
/// @param node the name of this machine's node, null without an agent
/// @param notes more that a person should know, a sentence each
record ReadyBlock(
        URI console,
        String administrator,
        @Nullable String password,
        String launcher,
        Path data,
        @Nullable String node,
        List<String> notes) {

    String text() {
        var out = new StringBuilder(1000);
        out.append("\nFairlead is ready.\n\n");
        row(out, "Console", console.toString());
        row(out, "Administrator", administrator);
        row(
                out,
                "Password",
                password == null
                        ? "shown at the first start; after Ctrl-C, another: " + reset()
                        : password + "   (shown now only; after Ctrl-C, another: " + reset() + ")");
        row(out, "Browsers", "to make yours trust this hub: " + launcher + " trust install");
        if (node != null) {
            row(out, "Node", node + ", which is this machine");
        }
        row(out, "Data", data.toString());
        for (String note : notes) {
            out.append("\n  ").append(note).append('\n');
        }
        out.append("\nNext, in a second terminal:\n\n");
        step(out, "nodes", "what is there");
        if (node == null) {
            step(out, "token create", "a line that makes a machine a node");
            step(out, "status", "who you are and what the hub says");
        } else {
            step(out, "ssh " + node, "a shell on it, through the link");
            step(out, "token create", "a line that makes another machine a node");
        }
        return out.append("\nCtrl-C ends it; everything is kept for the next start.\n\n")
                .toString();
    }

    private String reset() {
        return launcher + " hub reset-password --data " + data.resolve("hub");
    }

    private static void row(StringBuilder out, String name, String value) {
        out.append("  ").append(name).append(" ".repeat(15 - name.length())).append(value);
        out.append('\n');
    }

    private void step(StringBuilder out, String command, String why) {
        String line = launcher + " " + command;
        out.append("  ").append(line).append(" ".repeat(Math.max(2, 32 - line.length())));
        out.append("# ").append(why).append('\n');
    }
}
