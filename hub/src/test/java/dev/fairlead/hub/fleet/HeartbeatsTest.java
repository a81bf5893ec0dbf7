package dev.fairlead.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class HeartbeatsTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final String FULL =
            """
            {"at": "1970-01-01T00:00:00Z", "cpu": 0.25, "cores": 8, "load": [0.5, 40.25, 1],
             "memoryTotal": 16000000000, "memoryUsed": 8000000000, "networkIn": 10, "networkOut": 20,
             "uptime": 12345, "rttMicros": 1500, "disks": [{"mount": "/", "total": 100, "used": 96}], "later": true}\
            """;

    private Ground ground;
    private TenantId acme;
    private Enrolled node;

    @BeforeEach
    void setUp() {
        ground = new Ground(DB.get());
        ground.now.set(ground.now.get().truncatedTo(ChronoUnit.MICROS));
        acme = ground.tenant("acme-" + System.nanoTime());
        node = ground.node(acme, "n", Map.of());
        ground.heartbeats.keep();
    }

    @Test
    void aSampleIsReadBackAsItWasSaidWithTheHubsTime() {
        Statistics said = take(FULL);
        assertThat(said.at()).isEqualTo(ground.now.get());
        assertThat(said.cpu()).isEqualTo(0.25);
        assertThat(said.disks()).containsExactly(new Statistics.Disk("/", 100, 96));
        assertThat(said.rttMillis()).isEqualTo(1.5);
        assertThat(said.health()).isEqualTo("warning");
        assertThat(said.problems())
                .containsExactly("96 % of / is used.", "The load is 40.3 on 8 cores.");
        assertThat(ground.show(acme, node.node()).statistics()).isEqualTo(said);
        assertThat(page(10)).isEmpty();

        ground.heartbeats.flush();
        assertThat(page(10)).containsExactly(said);
    }

    @Test
    void whatIsNotKnownIsNull() {
        take("{}");
        ground.heartbeats.flush();
        Statistics empty = page(10).getFirst();
        assertThat(empty.cpu()).isNull();
        assertThat(empty.cores()).isNull();
        assertThat(empty.load()).isNull();
        assertThat(empty.memoryTotal()).isNull();
        assertThat(empty.disks()).isEmpty();
        assertThat(empty.health()).isEqualTo("ok");
    }

    @Test
    void pagesNewestFirst() {
        var start = ground.now.get();
        for (int i = 0; i < 5; i++) {
            ground.now.set(start.plusSeconds(30L * i));
            take("{\"uptime\": " + i + "}");
        }
        ground.heartbeats.flush();
        assertThat(page(2)).extracting(Statistics::uptime).containsExactly(4L, 3L);
        assertThat(ground.heartbeats.page(acme, node.node(), null, page(2).getLast().at(), 10))
                .extracting(Statistics::uptime)
                .containsExactly(2L, 1L, 0L);
        assertThat(ground.heartbeats.page(acme, node.node(), start.plusSeconds(90), null, 10))
                .extracting(Statistics::uptime)
                .containsExactly(4L, 3L);
    }

    @Test
    void whoSaysTooMuchIsShownButNotStored() {
        for (int i = 0; i < 100; i++) {
            ground.now.set(ground.now.get().plus(Duration.ofMillis(100)));
            take("{\"uptime\": " + i + "}");
        }
        ground.heartbeats.flush();
        assertThat(page(100)).hasSize(1);
        assertThat(ground.show(acme, node.node()).statistics().uptime()).isEqualTo(99);
    }

    @Test
    void samplesOfARemovedNodeAndOfARemovedTenantAreLeftOut() {
        Enrolled gone = ground.node(acme, "gone", Map.of());
        ground.heartbeats.take(acme, gone.node(), bytes("{}"));
        ground.heartbeats.take(TenantId.fresh(), gone.node(), bytes("{}"));
        take("{\"uptime\": 1}");
        ground.nodes.remove(Ground.ADMIN, acme, gone.node());
        ground.heartbeats.flush();
        assertThat(page(10)).hasSize(1);
        assertThat(ground.heartbeats.page(acme, gone.node(), null, null, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "3",
                "{",
                "{} {}",
                "{\"cpu\": 1.5}",
                "{\"cpu\": -1}",
                "{\"cpu\": NaN}",
                "{\"cpu\": \"0.5\"}",
                "{\"cores\": 1e9}",
                "{\"cores\": 100001}",
                "{\"memoryTotal\": 9007199254740993}",
                "{\"memoryTotal\": 99999999999999999999999999}",
                "{\"memoryTotal\": 1.5}",
                "{\"uptime\": -1}",
                "{\"uptime\": true}",
                "{\"rttMicros\": -1}",
                "{\"rttMicros\": 600000001}",
                "{\"rttMicros\": 0.5}",
                "{\"load\": [1, 2]}",
                "{\"load\": [1, 2, 3, 4]}",
                "{\"load\": [1, null, 3]}",
                "{\"disks\": {}}",
                "{\"disks\": [null]}",
                "{\"disks\": [{\"mount\": \"/\"}]}",
                "{\"disks\": [{\"mount\": \"\", \"total\": 1, \"used\": 1}]}",
                "{\"disks\": [[[[[[[[[[[[[]]]]]]]]]]]]]}",
            })
    void hostileHeartbeatsAreRefused(String json) {
        assertThatThrownBy(() -> take(json))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.INVALID_REQUEST));
        assertThat(ground.show(acme, node.node()).statistics()).isNull();
    }

    @Test
    void hugeAndBrokenHeartbeatsAreRefused() {
        String disk = "{\"mount\": \"/\", \"total\": 1, \"used\": 1}";
        List<byte[]> bad =
                List.of(
                        new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
                        bytes("{\"x\": \"" + "a".repeat(300 * 1024) + "\"}"),
                        bytes("{\"disks\": [" + (disk + ",").repeat(64) + disk + "]}"),
                        bytes("{\"disks\": [" + disk.replace("/", "m".repeat(257)) + "]}"));
        for (byte[] json : bad) {
            assertThatThrownBy(() -> ground.heartbeats.take(acme, node.node(), json))
                    .isInstanceOf(Rejected.class);
        }
    }

    private Statistics take(String json) {
        return ground.heartbeats.take(acme, node.node(), bytes(json));
    }

    private List<Statistics> page(int limit) {
        return ground.heartbeats.page(acme, node.node(), null, null, limit);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
