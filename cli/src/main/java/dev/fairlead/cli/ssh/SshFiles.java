package dev.fairlead.cli.ssh;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.cli.Names;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.cli.profile.Profiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// OpenSSH's view of one profile: a configuration with wildcard blocks only, so that it needs no
/// change when nodes come and go, and a file with one host CA per tenant.
///
/// Each profile has files of its own: two hubs may have tenants and nodes of the same names, and
/// neither may vouch for the other's machines or take over its open connections.
public final class SshFiles {

    /// The longest path of a Unix socket, less what OpenSSH puts behind it while it makes one.
    private static final int LONGEST_SOCKET = 107 - 17;

    private static final int HASH_OF_SSH = 40;

    private static final Pattern CA_LINE =
            Pattern.compile(
                    "@cert-authority \\*\\.([a-z0-9-]+)\\.fairlead (ssh-ed25519|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+");

    /// Quotes, escapes, tokens, globs and variables.
    private static final Pattern NOT_IN_CONFIG =
            Pattern.compile("[\"'\\\\%*?\\[\\x00-\\x1f]|\\$\\{");

    private final Folder folder;
    private final String profileName;
    private final Profile profile;

    public SshFiles(Folder folder, String profileName, Profile profile) {
        this.folder = folder;
        this.profileName = Names.label("profile", profileName);
        this.profile = profile;
    }

    public Path config() {
        return folder.file("ssh_config" + suffix());
    }

    public Path knownHosts() {
        return folder.file("ssh_known_hosts" + suffix());
    }

    private String suffix() {
        return profileName.equals(Profiles.DEFAULT) ? "" : "." + profileName;
    }

    /// Writes the configuration where it is missing or differs, and makes the folder of its
    /// sockets.
    public void writeConfig(Launcher launcher) {
        Folder.makeFolder(controlFolder());
        String text = configText(launcher);
        if (!text.equals(read(config()))) {
            folder.write(config(), text);
        }
    }

    /// The text of the configuration.
    public String configText(Launcher launcher) {
        String proxy = launcher.inSshConfig() + " proxy";
        if (!profileName.equals(Profiles.DEFAULT)) {
            proxy += " --profile " + profileName;
        }
        return """
        # Written by fairlead; changes are lost. Nodes of %s, as NODE.TENANT.fairlead.
        # A quote in a name could end the quotes of ProxyCommand: such names get a command that fails.
        Match originalhost "*'*%s"
          ProxyCommand false
        Match originalhost "*%s" user "*'*"
          ProxyCommand false
        Host *%s
          ProxyCommand %s '%%n' '%%r'
          User fairlead
          UserKnownHostsFile %s
          GlobalKnownHostsFile none
          StrictHostKeyChecking yes
          UpdateHostKeys no
          VerifyHostKeyDNS no
          CheckHostIP no
          CanonicalizeHostname no
          PubkeyAuthentication no
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          GSSAPIAuthentication no
          HostbasedAuthentication no
          Ciphers ^aes128-gcm@openssh.com
          SendEnv LANG LC_*
        %s\
        """
                .formatted(
                        profile.hub(),
                        HostName.SUFFIX,
                        HostName.SUFFIX,
                        HostName.SUFFIX,
                        proxy,
                        quoted(knownHosts()),
                        control());
    }

    /// Connections that stay open for later ones: the first pays for a program's start, a TLS and
    /// an SSH handshake, the others for nothing.
    private String control() {
        String socket = quoted(controlFolder().resolve(whose() + "-%C"));
        int length = socket.getBytes(StandardCharsets.UTF_8).length - "%C".length() + HASH_OF_SSH;
        return length > LONGEST_SOCKET
                ? "  # No ControlMaster: the path of its socket would be too long.\n"
                : "  ControlMaster auto\n  ControlPath " + socket + "\n  ControlPersist 10m\n";
    }

    private Path controlFolder() {
        return folder.file("ssh");
    }

    /// Eight hex digits for this hub and this person: an open connection serves nobody else.
    private String whose() {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    (profileName + "\n" + profile.hub() + "\n" + profile.user())
                                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A path as OpenSSH's configuration takes it: in quotes where it has spaces.
    ///
    /// @throws CliException where it holds what OpenSSH would read as something else
    static String quoted(Path path) {
        String text = path.toString();
        if (NOT_IN_CONFIG.matcher(text.replace("-%C", "")).find()) {
            throw new CliException(
                    Exit.FAILED,
                    "OpenSSH's configuration cannot name " + path + ".",
                    "Set FAIRLEAD_HOME to a folder without quotes, control characters and \\ % * ? [ ${ in its"
                            + " path.");
        }
        return text.contains(" ") || text.contains("#") ? "\"" + text + "\"" : text;
    }

    /// Whether the host CA of this tenant is known.
    public boolean knows(String tenant) {
        return lines().containsKey(tenant);
    }

    /// Adds or replaces host CAs.
    ///
    /// @param caLines as the hub gives them, one per tenant
    /// @throws CliException where one is something else: it would go into a file that OpenSSH
    ///   trusts
    public void trust(List<String> caLines) {
        var lines = lines();
        for (String line : caLines) {
            var match = CA_LINE.matcher(line.strip());
            if (!match.matches()) {
                throw new CliException(
                        Exit.FAILED,
                        "The hub gave a host CA that is none: " + line,
                        "Is the hub newer than this program?");
            }
            lines.put(match.group(1), line.strip());
        }
        folder.write(knownHosts(), String.join("\n", lines.values()) + "\n");
    }

    /// Forgets all host CAs: the next connection asks the hub.
    public void forget() {
        try {
            Files.deleteIfExists(knownHosts());
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED, "Could not remove " + knownHosts() + ": " + e.getMessage() + ".");
        }
    }

    private SortedMap<String, String> lines() {
        var lines = new TreeMap<String, String>();
        read(knownHosts())
                .lines()
                .forEach(line -> {
                    var match = CA_LINE.matcher(line);
                    if (match.matches()) {
                        lines.put(match.group(1), line);
                    }
                });
        return lines;
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED, "Could not read " + file + ": " + e.getMessage() + ".");
        }
    }
}
