package dev.fairlead.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.StubHub;
import dev.fairlead.link.dial.ProxySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStreamTest {

    @TempDir Path dir;

    @Test
    void aStreamThatFallsSilentIsDialledAnew() throws Exception {
        var streams = new AtomicInteger();
        var over = new CountDownLatch(1);
        try (var hub =
                new StubHub(
                        dir,
                        "localhost",
                        (x, asked) -> {
                            x.getResponseHeaders().set("Content-Type", "text/event-stream");
                            x.sendResponseHeaders(200, 0);
                            int number = streams.incrementAndGet();
                            x.getResponseBody()
                                    .write(
                                            ("id: " + number + "\ndata: {\"n\":" + number + "}\n\n")
                                                    .getBytes(StandardCharsets.UTF_8));
                            x.getResponseBody().flush();
                            await(over);
                        })) {
            var api =
                    new HubApi(
                            hub.uri(),
                            hub.ca(),
                            "fls_x",
                            new OutboundProxy(ProxySettings.none()),
                            Clock.systemUTC());
            var seen = new LinkedBlockingQueue<Integer>();
            var following =
                    Thread.ofVirtual()
                            .start(() ->
                                    new EventStream(api, "/x", Duration.ofMillis(300))
                                            .run(
                                                    () -> {},
                                                    lost -> {},
                                                    e -> seen.add(e.data().path("n").asInt())));

            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
            following.interrupt();
            over.countDown();
            api.close();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
