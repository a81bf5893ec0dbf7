package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `ssh -R` from the agent's side and `ssh -L` from the user's, to one sshd.
final class OpenSsh {

    private OpenSsh() {}

    static Ports start(Programs programs, Ports targets) throws IOException, InterruptedException {
        int port = server(programs);
        String key = key(programs);
        var hub = Ports.free();
        var user = Ports.free();
        programs.start("agent", ssh(key, port, "-R", hub, targets));
        Ports.await(hub.echo());
        programs.start("user", ssh(key, port, "-L", user, hub));
        user.awaitEcho();
        return user;
    }

    /// The command that runs `true` by a plain ssh to a server on this machine, which it starts.
    static String[] login(Programs programs) throws IOException, InterruptedException {
        int port = server(programs);
        return new String[] {
            "ssh",
            "-F",
            "none",
            "-i",
            key(programs),
            "-p",
            Integer.toString(port),
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            Ports.HERE,
            "true"
        };
    }

    private static String key(Programs programs) {
        return programs.file("key").toString();
    }

    /// Starts an sshd that lets this user in by its key.
    private static int server(Programs programs) throws IOException, InterruptedException {
        int port = Ports.one();
        for (String key : List.of("host", "key")) {
            programs.run(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    programs.file(key).toString());
        }
        var config =
                programs.write(
                        "sshd_config",
                        """
                        Port %d
                        ListenAddress 127.0.0.1
                        HostKey %s
                        AuthorizedKeysFile %s.pub
                        StrictModes no
                        UsePAM no
                        PidFile none
                        """
                                .formatted(port, programs.file("host"), key(programs)));
        if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            // Where sshd leaves its privileges; the Debian package makes it when the service
            // starts.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        programs.start("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", config.toString());
        Ports.await(port);
        programs.write("sshd.port", Integer.toString(port));
        return port;
    }

    private static String[] ssh(String key, int port, String direction, Ports from, Ports to) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "ssh",
                                "-N",
                                "-F",
                                "none",
                                "-i",
                                key,
                                "-p",
                                Integer.toString(port),
                                "-o",
                                "StrictHostKeyChecking=no",
                                "-o",
                                "UserKnownHostsFile=/dev/null",
                                "-o",
                                "Ciphers=aes128-gcm@openssh.com",
                                "-o",
                                "ExitOnForwardFailure=yes"));
        for (var pair : from.pairs(to)) {
            command.add(direction);
            command.add(Ports.HERE + ":" + pair.from() + ":" + Ports.HERE + ":" + pair.to());
        }
        command.add(Ports.HERE);
        return command.toArray(String[]::new);
    }
}
