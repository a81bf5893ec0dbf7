package dev.fairlead.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostNameTest {

    @Test
    void aWholeNameIsTakenApart() {
        assertThat(HostName.parse("GPU-1.acme.fairlead")).isEqualTo(new HostName("gpu-1", "acme"));
    }

    @Test
    void everythingElseIsRefused() {
        for (String text :
                List.of(
                        "",
                        "gpu-1",
                        "gpu-1.fairlead",
                        "a.b.c.fairlead",
                        "gpu-1.acme.example",
                        "-x.acme.fairlead",
                        "a b.acme.fairlead",
                        "$(id).acme.fairlead",
                        "../x.acme.fairlead",
                        "a\n.acme.fairlead",
                        ".acme.fairlead",
                        "gpu-1..fairlead",
                        "ä.acme.fairlead")) {
            assertThatThrownBy(() -> HostName.parse(text))
                    .as(text)
                    .isInstanceOf(CliException.class);
        }
    }
}
