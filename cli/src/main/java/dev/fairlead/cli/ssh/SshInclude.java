package dev.fairlead.cli.ssh;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.profile.Folder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// One `Include` line at the top of the user's own `~/.ssh/config`; nothing else in it is touched.
/// At the top, because OpenSSH takes the first value that it finds.
public record SshInclude(Path userConfig) {

    private static final String MARK =
            "# Fairlead: nodes as NODE.TENANT.fairlead (fairlead ssh-config --remove)";

    public static SshInclude of(Path home) {
        return new SshInclude(home.resolve(".ssh/config"));
    }

    /// Puts the line in, or corrects it.
    ///
    /// @return whether anything changed
    public boolean install(Path included) {
        var lines = new ArrayList<>(List.of(MARK, "Include " + SshFiles.quoted(included)));
        lines.addAll(others());
        return write(lines);
    }

    /// Takes the line out.
    ///
    /// @return whether it was there
    public boolean remove() {
        return Files.exists(userConfig) && write(others());
    }

    private List<String> others() {
        var kept = new ArrayList<String>();
        boolean ours = false;
        for (String line : read().lines().toList()) {
            if (line.equals(MARK)) {
                ours = true;
            } else if (ours && line.startsWith("Include ")) {
                ours = false;
            } else {
                ours = false;
                kept.add(line);
            }
        }
        return kept;
    }

    private String read() {
        try {
            return Files.exists(userConfig) ? Files.readString(userConfig) : "";
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private boolean write(List<String> lines) {
        String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
        if (text.equals(read())) {
            return false;
        }
        try {
            // A link to a file elsewhere (dotfiles in git) stays a link.
            Path real = Files.exists(userConfig) ? userConfig.toRealPath() : userConfig;
            String mode =
                    Files.exists(real)
                            ? PosixFilePermissions.toString(Files.getPosixFilePermissions(real))
                            : "rw-------";
            var parent = real.getParent();
            if (parent != null) {
                Folder.makeFolder(parent);
            }
            Folder.write(real, text, mode);
            return true;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private CliException failed(IOException e) {
        return new CliException(
                Exit.FAILED,
                "Could not change " + userConfig + ": " + e.getMessage() + ".",
                "Check who owns it.");
    }
}
