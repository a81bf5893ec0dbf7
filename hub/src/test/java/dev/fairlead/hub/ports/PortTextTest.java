package dev.fairlead.hub.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.ports.PortMatrix.Bound;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortTextTest {

    private final HubConfig config =
            HubConfig.local(Path.of("/data"), 8484)
                    .withNames(List.of("hub.example.com"))
                    .withListen(new HubConfig.Listen("::", 8484), 8484)
                    .withRedirect(new HubConfig.Redirect("192.0.2.1", 80));
    private final List<Port> rows = PortMatrix.of(config, Bound.configured(config));

    @Test
    void theTableIsAligned() {
        var lines = PortText.TABLE.render(rows).lines().toList();

        assertThat(lines.getFirst()).startsWith("PHASE    ROLE    DIRECTION  PROTOCOL  ADDRESS");
        assertThat(lines).hasSize(rows.size() + 1);
        assertThat(lines).anyMatch(l -> l.contains("hub.example.com") && l.contains("8484"));
        assertThat(lines).anyMatch(l -> l.contains("the hub's own PostgreSQL"));
    }

    @Test
    void markdownHasARowEach() {
        assertThat(PortText.MD.render(rows).lines()).hasSize(rows.size() + 2);
    }

    @Test
    void aSpreadsheetHasARowEach() {
        assertThat(PortText.CSV.render(rows).split("\r\n"))
                .hasSize(rows.size() + 1)
                .contains(
                        "run,hub,in,tcp,::,8484,\"agents, people, browsers\",\"TLS: API, links of agents"
                                + " and clients\",P1 A1 M1");
    }

    @Test
    void theFirewallLetsInWhatLeavesTheMachineOnly() {
        assertThat(PortText.NFT.render(rows))
                .contains("    tcp dport 8484 accept comment")
                .contains("    ip daddr 192.0.2.1 tcp dport 80 accept comment")
                .doesNotContain("9464");
    }

    /// As whoever pastes it has it read, where that is possible: as root, with nft.
    @Test
    void nftTakesTheFirewall() throws Exception {
        var nft = Path.of("/usr/sbin/nft");
        assumeTrue(Files.isExecutable(nft), "nft is not installed");
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "nft asks the kernel, which answers root only");
        var addressed =
                config.withListen(new HubConfig.Listen("2001:db8::1", 8484), 8484)
                        .withObserve(new HubConfig.Observe("0.0.0.0", 9464));
        String both =
                PortText.NFT.render(rows)
                        + PortText.NFT.render(
                                PortMatrix.of(addressed, Bound.configured(addressed)));
        var process = new ProcessBuilder(nft.toString(), "-c", "-f", "-").start();
        try (var rules = process.outputWriter()) {
            rules.write(both);
        }
        String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(both).contains("ip6 daddr 2001:db8::1 tcp dport 8484");
    }

    @Test
    void aDatabaseOfOnesOwnIsAnOutboundRow() {
        var other =
                config.withDatabase(
                        new HubConfig.Database(
                                "jdbc:postgresql://db.example.com:5433/fairlead",
                                Path.of("/o"),
                                Path.of("/a")));

        assertThat(PortMatrix.of(other, Bound.configured(other)))
                .anyMatch(row ->
                        row.direction() == Port.Direction.OUT
                                && row.address().equals("db.example.com")
                                && row.port() == 5433)
                .noneMatch(row -> row.purpose().contains("own PostgreSQL"));
    }
}
