package dev.fairlead.hub.enroll;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The line that a person pastes on a Linux machine to install the agent and enrol the machine.
///
/// It runs in any POSIX shell, in a subshell and a folder of its own, which it removes, and stops
/// at the first step that fails. The script is run only if its SHA-256 is the one in the line, so
/// that the line, not the network that the script came through, says what runs. Where the hub has a
/// CA of its own the line carries that too: nothing here switches a check off.
///
/// @param hub the configured address, `https://HOST[:PORT]`
/// @param ca the hub's own CA certificate as PEM, null where a public one signed
/// @param scriptSha256 of the script that the hub serves, lower-case hex
record InstallLine(URI hub, @Nullable String ca, String scriptSha256) {

    private static final Pattern ADDRESS =
            Pattern.compile("https://(?:[a-z0-9.-]+|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN CERTIFICATE-----\\s+([A-Za-z0-9+/=\\s]+?)\\s+-----END CERTIFICATE-----\\s*");

    InstallLine {
        // What goes into a shell line is checked here, whoever made it.
        require(ADDRESS.matcher(hub.toString()).matches(), "no hub address: " + hub);
        require(SHA256.matcher(scriptSha256).matches(), "no SHA-256: " + scriptSha256);
        require(ca == null || PEM.matcher(ca).matches(), "no PEM of one certificate");
    }

    /// @param token an enrolment token's text; it stays out of every list of processes, for
    ///   `printf` is part of the shell
    String text(String token) {
        require(TOKEN.matcher(token).matches(), "no token");
        var line =
                new StringBuilder(
                        "(set -e; d=\"$(mktemp -d)\"; trap 'rm -rf \"$d\"' EXIT; cd \"$d\"; ");
        if (ca != null) {
            // OpenSSL reads no long lines, and the paste must be one.
            line.append("{ echo -----BEGIN CERTIFICATE-----; echo ")
                    .append(PEM.matcher(ca).replaceFirst("$1").replaceAll("\\s", ""))
                    .append(" | fold -w 64; echo -----END CERTIFICATE-----; } > ca.pem; ");
        }
        return line.append("curl -fsS")
                .append(ca == null ? "" : " --cacert ca.pem")
                .append(" -o agent.sh '")
                .append(hub)
                .append(InstallerRoutes.SCRIPT)
                .append("'; echo '")
                .append(scriptSha256)
                .append("  agent.sh' | sha256sum -c -; printf '%s\\n' ")
                .append(token)
                .append(" | sh agent.sh)")
                .toString();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
