package dev.fairlead.hub.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.StreamEnd;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LinkMeters meters = new LinkMeters(registry, List.of("ssh", "tcp"));

    @Test
    void whatStrangersWriteIsNoLabel() {
        for (int i = 0; i < 100; i++) {
            meters.stream("kind-" + i).over(StreamEnd.BAD_REQUEST);
        }
        meters.stream(null).over(StreamEnd.BAD_REQUEST);

        assertThat(registry.find("fairlead.streams.ended").counters())
                .singleElement()
                .satisfies(counter -> {
                    assertThat(counter.getId().getTag("kind")).isEqualTo("other");
                    assertThat(counter.getId().getTag("cause")).isEqualTo("bad-request");
                    assertThat(counter.count()).isEqualTo(101);
                });
    }

    @Test
    void aStreamEndsOnceForItsFirstCause() {
        var stream = meters.stream("ssh");
        stream.over(StreamEnd.DENIED);
        stream.over(StreamEnd.INTERNAL);

        assertThat(registry.get("fairlead.streams.opened").tag("kind", "ssh").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("fairlead.streams.ended").counter().count()).isEqualTo(1);
        assertThat(registry.get("fairlead.streams.ended").tag("cause", "denied").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("fairlead.streams.open").tag("kind", "ssh").gauge().value())
                .isZero();
    }
}
