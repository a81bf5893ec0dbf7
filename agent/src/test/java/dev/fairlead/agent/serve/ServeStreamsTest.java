package dev.fairlead.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.agent.NativeLinks;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Headers;
import dev.fairlead.link.StreamEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeStreamsTest {

    private static Calls.Question question(String id, String method, boolean effects) {
        return new Calls.Question(id, method, Duration.ofSeconds(10), effects, method.getBytes());
    }

    @Test
    void callsAreAnsweredAndThoseWithEffectsRunOnce(@TempDir Path dir) throws Exception {
        var runs = new AtomicInteger();
        Calls.Server count = question -> ("" + runs.incrementAndGet()).getBytes();
        try (var memory = new CallMemory(dir.resolve("calls"), InstantSource.system())) {
            var calls = new ServeCalls(Map.of("count", count), memory);
            var streams = new ServeStreams(Map.of("call", calls), false);
            assertThat(streams.capabilities()).containsExactly(Map.entry("call", "1"));
            for (int i = 0; i < 2; i++) {
                // A second link, as after a reconnect.
                try (var links = new NativeLinks(streams)) {
                    assertThat(Calls.ask(links.hub, question("x", "count", true)))
                            .asString()
                            .isEqualTo("1");
                }
            }
            try (var links = new NativeLinks(streams)) {
                assertThat(Calls.ask(links.hub, question("y", "count", false)))
                        .asString()
                        .isEqualTo("2");
                assertThat(Calls.ask(links.hub, question("y", "count", false)))
                        .asString()
                        .isEqualTo("3");
                assertThatThrownBy(() -> Calls.ask(links.hub, question("z", "unknown", true)))
                        .isInstanceOfSatisfying(
                                StreamException.class,
                                e -> assertThat(e.end()).isEqualTo(StreamEnd.UNSUPPORTED));
            }
        }
    }

    @Test
    void unknownKindsAndMissingHeadersAreRefused() throws Exception {
        try (var links =
                new NativeLinks(
                        new ServeStreams(Map.of("tcp", s -> s.headers().need("target")), false))) {
            refused(links, Headers.of("kind", "teleport"), StreamEnd.UNSUPPORTED);
            refused(links, Headers.EMPTY, StreamEnd.BAD_REQUEST);
            refused(links, Headers.of("kind", "tcp"), StreamEnd.BAD_REQUEST);
            refused(
                    links,
                    Headers.of("kind", "tcp").with("target", new byte[] {(byte) 0xff}),
                    StreamEnd.BAD_REQUEST);
        }
    }

    private static void refused(NativeLinks links, Headers headers, StreamEnd end) {
        try (var stream = BlockingStream.open(links.hub, headers)) {
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOfSatisfying(
                            StreamException.class, e -> assertThat(e.end()).isEqualTo(end));
        }
    }
}
