package dev.fairlead.hub.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyBlockTest {

    @Test
    void firstStart() {
        var block =
                new ReadyBlock(
                        URI.create("https://localhost:8484"),
                        "admin",
                        "k7vq-x2mb-9dtr-hw4c-p6ns",
                        "./fairlead",
                        Path.of("/data"),
                        "atlas",
                        List.of());

        assertThat(block.text())
                .isEqualTo(
                        """

                        Fairlead is ready.

                          Console        https://localhost:8484
                          Administrator  admin
                          Password       k7vq-x2mb-9dtr-hw4c-p6ns   (shown now only; after Ctrl-C, another: ./fairlead hub reset-password --data /data/hub)
                          Browsers       to make yours trust this hub: ./fairlead trust install
                          Node           atlas, which is this machine
                          Data           /data

                        Next, in a second terminal:

                          ./fairlead nodes                # what is there
                          ./fairlead ssh atlas            # a shell on it, through the link
                          ./fairlead token create         # a line that makes another machine a node

                        Ctrl-C ends it; everything is kept for the next start.

                        """);
    }

    @Test
    void laterStartWithoutAgent() {
        var block =
                new ReadyBlock(
                        URI.create("https://hub.example.com:8484"),
                        "admin",
                        null,
                        "/opt/clone/fairlead",
                        Path.of("/data"),
                        null,
                        List.of("The profile default is signed in elsewhere."));

        assertThat(block.text())
                .contains("Password       shown at the first start; after Ctrl-C, another: ")
                .contains("\n  The profile default is signed in elsewhere.\n")
                .doesNotContain(" ssh ")
                .doesNotContain("Node ");
    }
}
