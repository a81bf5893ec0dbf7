package dev.fairlead.cli.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.StubHub;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With NSS's real tool (Debian: libnss3-tools), on databases of its own.
class BrowserTrustTest {

    @TempDir Path home;

    @Test
    void theCaIsAddedToEveryDatabaseAndRemovedAgain() throws Exception {
        var firefox = home.resolve(".mozilla/firefox/abc.default");
        Files.createDirectories(firefox);
        new Certutil(firefox).create();
        try (var hub = new StubHub(home, "localhost", (x, asked) -> {})) {
            var browsers = new BrowserTrust(home);

            assertThat(browsers.install("localhost:8484", hub.ca()))
                    .containsExactly(
                            "Made " + home + "/.pki/nssdb, which Chromium and its kin use.",
                            "Added \"Fairlead CA of localhost port 8484\" to " + firefox + ".",
                            "Added \"Fairlead CA of localhost port 8484\" to "
                                    + home
                                    + "/.pki/nssdb.");
            browsers.install("localhost:8484", hub.ca());
            browsers.install("other:8484", hub.ca());
            assertThat(new Certutil(firefox).nicknames())
                    .contains("Fairlead CA of localhost port 8484");

            assertThat(browsers.remove("localhost:8484")).hasSize(2);
            assertThat(browsers.remove("localhost:8484")).isEmpty();
            assertThat(browsers.removeAll()).allMatch(line -> line.contains("other port 8484"));
            assertThat(new Certutil(firefox).nicknames()).isEmpty();
        }
    }
}
