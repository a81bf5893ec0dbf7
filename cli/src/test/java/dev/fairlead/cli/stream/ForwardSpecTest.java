package dev.fairlead.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardSpecTest {

    @Test
    void portsAreLoopbackUnlessAnAddressIsGiven() {
        assertThat(ForwardSpec.parse("8080:db:5432"))
                .isEqualTo(new ForwardSpec("127.0.0.1", 8080, "db:5432"));
        assertThat(ForwardSpec.parse("0:10.0.0.7:80"))
                .isEqualTo(new ForwardSpec("127.0.0.1", 0, "10.0.0.7:80"));
        assertThat(ForwardSpec.parse("*:8080:db:1"))
                .isEqualTo(new ForwardSpec("0.0.0.0", 8080, "db:1"));
        assertThat(ForwardSpec.parse("[::1]:8080:[fe80::1]:80"))
                .isEqualTo(new ForwardSpec("::1", 8080, "[fe80::1]:80"));
        assertThat(ForwardSpec.parse("localhost:8080:h:80").bind()).isEqualTo("localhost");
    }

    @Test
    void nonsenseIsRefused() {
        for (String text :
                List.of(
                        "",
                        "8080",
                        "8080:80",
                        "8080:db",
                        "8080::80",
                        "8080:db:0",
                        "70000:db:80",
                        "8080:db:70000",
                        "8080:a b:80",
                        "8080:*:80",
                        "8080:db:80:90:1",
                        "x:db:80")) {
            assertThatThrownBy(() -> ForwardSpec.parse(text))
                    .as(text)
                    .isInstanceOf(CliException.class);
        }
    }
}
