package dev.fairlead.cli.trust;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// NSS's own tool, on one database.
///
/// @param database folder with `cert9.db`
record Certutil(Path database) {

    /// A certificate's name, then its three trust attributes.
    private static final Pattern LISTED =
            Pattern.compile("(.*?)\\s+[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*\\s*");

    /// Makes an empty database without a password.
    void create() {
        run("-N", "--empty-password");
    }

    /// Trusts a CA for servers, and for nothing else.
    void add(String nickname, Path pem) {
        run("-A", "-t", "C,,", "-n", nickname, "-i", pem.toString());
    }

    void delete(String nickname) {
        run("-D", "-n", nickname);
    }

    List<String> nicknames() {
        return run("-L")
                .lines()
                .map(LISTED::matcher)
                .filter(match -> match.matches())
                .map(match -> match.group(1))
                .toList();
    }

    private String run(String... args) {
        var argv = new ArrayList<>(List.of("certutil", "-d", "sql:" + database));
        argv.addAll(List.of(args));
        try {
            var process = new ProcessBuilder(argv).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CliException(
                        Exit.FAILED,
                        "certutil failed on " + database + ": " + said.strip(),
                        "Close the browser that uses it, and try again.");
            }
            return said;
        } catch (IOException e) {
            throw new CliException(
                    Exit.FAILED,
                    "certutil is not installed; browsers' own tool is needed to change what they trust.",
                    "apt install libnss3-tools, then try again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.FAILED, "Interrupted.");
        }
    }
}
