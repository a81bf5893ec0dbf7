package dev.fairlead.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.Headers;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Standard input and output as real pipes.
class StdioPipeTest {

    private final Links links = new Links();
    private Pipe in = open();
    private Pipe out = open();

    private static Pipe open() {
        try {
            return Pipe.open();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void pipes() {
        in = open();
        out = open();
    }

    @AfterEach
    void close() throws Exception {
        in.sink().close();
        out.source().close();
        links.close();
    }

    private CompletableFuture<StdioPipe.Over> start(StreamServer server) throws Exception {
        return start(server, Duration.ofMinutes(1));
    }

    private CompletableFuture<StdioPipe.Over> start(StreamServer server, Duration lastWords)
            throws Exception {
        var link = links.connect(server).near();
        var pipe = new StdioPipe(in.source(), out.sink(), lastWords);
        return CompletableFuture.supplyAsync(
                () -> pipe.run(link.open(Opening.ssh("acme", "gpu-1", null), pipe)),
                run -> Thread.ofPlatform().daemon().start(run));
    }

    private static StreamServer echo() {
        return stream ->
                Thread.ofVirtual()
                        .start(() -> {
                            try (var served = BlockingStream.accept(stream, Headers.EMPTY);
                                    OutputStream back = served.out()) {
                                served.in().transferTo(back);
                            } catch (IOException e) {
                                // The client went away.
                            }
                        });
    }

    @Test
    void bytesGoThroughUnchangedAndBothEndsAreTold() throws Exception {
        byte[] data = new byte[20_000_000];
        new Random(1).nextBytes(data);
        var over = start(echo());

        Thread.ofPlatform()
                .start(() -> {
                    try (var to = Channels.newOutputStream(in.sink())) {
                        to.write(data);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });

        byte[] echoed = Channels.newInputStream(out.source()).readAllBytes();
        assertThat(Arrays.mismatch(echoed, data)).as("first byte that differs").isEqualTo(-1);
        assertThat(over.get(30, TimeUnit.SECONDS))
                .isEqualTo(new StdioPipe.Over(true, StreamEnd.DONE, ""));
    }

    @Test
    void aRefusalIsTold() throws Exception {
        var over = start(stream -> stream.refuse(StreamEnd.DENIED_BY_NODE, "No ssh here."));

        assertThat(over.get(30, TimeUnit.SECONDS))
                .isEqualTo(new StdioPipe.Over(false, StreamEnd.DENIED_BY_NODE, "No ssh here."));
    }

    @Test
    void aBreakIsToldAfterTheBytesBeforeIt() throws Exception {
        var over =
                start(stream ->
                        Thread.ofVirtual()
                                .start(() -> {
                                    try (var served =
                                            BlockingStream.accept(stream, Headers.EMPTY)) {
                                        served.out().write(7);
                                        served.in().read();
                                        served.reset(StreamEnd.ENDED_BY_OPERATOR, "enough");
                                    } catch (IOException e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                }));

        assertThat(Channels.newInputStream(out.source()).read()).isEqualTo(7);
        Channels.newOutputStream(in.sink()).write(1);
        assertThat(over.get(30, TimeUnit.SECONDS))
                .isEqualTo(new StdioPipe.Over(true, StreamEnd.ENDED_BY_OPERATOR, "enough"));
        // OpenSSH ends this process at the end of stdout, and nobody would hear why.
        assertThat(out.sink().isOpen()).isTrue();
        out.sink().close();
    }

    @Test
    void aReaderThatHasGoneEndsTheStream() throws Exception {
        var over = start(echo());
        out.source().close();

        Channels.newOutputStream(in.sink()).write(new byte[100_000]);

        assertThat(over.get(30, TimeUnit.SECONDS).end()).isEqualTo(StreamEnd.CANCELLED);
    }

    /// As where the stream waits for another link, and its OpenSSH was killed meanwhile.
    @Test
    void itEndsWithItsInputAlthoughTheOtherSideSaysNothing() throws Exception {
        var over =
                start(
                        stream -> BlockingStream.accept(stream, Headers.EMPTY),
                        Duration.ofMillis(50));

        Channels.newOutputStream(in.sink()).write(1);
        in.sink().close();

        assertThat(over.get(30, TimeUnit.SECONDS))
                .isEqualTo(
                        new StdioPipe.Over(true, StreamEnd.CANCELLED, "standard input has ended"));
    }

    @Test
    @Timeout(30)
    void theLastWordsAreWaitedForWhileTheyCome() throws Exception {
        var over =
                start(
                        stream ->
                                Thread.ofVirtual()
                                        .start(() -> {
                                            try (var served =
                                                            BlockingStream.accept(
                                                                    stream, Headers.EMPTY);
                                                    OutputStream words = served.out()) {
                                                served.in().read();
                                                for (int i = 0; i < 20; i++) {
                                                    Thread.sleep(50);
                                                    words.write(i);
                                                }
                                            } catch (IOException | InterruptedException e) {
                                                // The client does not hear all of it.
                                            }
                                        }),
                        Duration.ofMillis(500));

        in.sink().close();

        assertThat(Channels.newInputStream(out.source()).readAllBytes()).hasSize(20);
        assertThat(over.get(30, TimeUnit.SECONDS).end()).isEqualTo(StreamEnd.DONE);
    }
}
