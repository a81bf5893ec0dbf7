package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The program that serves sftp as a login.
final class FileServer {

    /// Where Debian, Fedora, SUSE, Alpine and Arch keep OpenSSH's.
    private static final List<Path> SYSTEM =
            List.of(
                    Path.of("/usr/lib/openssh/sftp-server"),
                    Path.of("/usr/libexec/openssh/sftp-server"),
                    Path.of("/usr/lib/ssh/sftp-server"),
                    Path.of("/usr/libexec/sftp-server"));

    List<String> argv(Login login) throws IOException {
        for (var program : SYSTEM) {
            if (Files.isExecutable(program)) {
                return List.of(program.toString());
            }
        }
        throw new IOException("this node has no sftp-server for " + login.name());
    }
}
