package dev.fairlead.cli.ssh;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.Names;
import java.util.Locale;

/// A node's name in SSH: `NODE.TENANT.fairlead`. What comes here may have been put into a command
/// line by somebody else (a link, a git submodule), so anything unexpected is refused.
public record HostName(String node, String tenant) {

    public static final String SUFFIX = ".fairlead";

    /// @throws CliException where it is not such a name
    public static HostName parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String[] labels = lower.split("\\.", -1);
        if (labels.length != 3
                || !lower.endsWith(SUFFIX)
                || !Names.isLabel(labels[0])
                || !Names.isLabel(labels[1])) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + text + "\" is not the SSH name of a node.",
                    "Names are NODE.TENANT.fairlead; fairlead nodes lists the nodes");
        }
        return new HostName(labels[0], labels[1]);
    }

    @Override
    public String toString() {
        return node + "." + tenant + SUFFIX;
    }
}
