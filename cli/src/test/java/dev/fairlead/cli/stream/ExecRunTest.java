package dev.fairlead.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The client's half of an exec stream, against a node that says what a test wants.
class ExecRunTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /// What the node does with the stream.
    private interface Node {
        void run(BlockingStream stream, DataInputStream in, DataOutputStream out) throws Exception;
    }

    private static StreamServer node(Node node) {
        return stream ->
                Thread.ofVirtual()
                        .start(() -> {
                            try (var served = BlockingStream.accept(stream, Headers.EMPTY)) {
                                node.run(
                                        served,
                                        new DataInputStream(served.in()),
                                        new DataOutputStream(served.out()));
                            } catch (Exception e) {
                                // The client went away, as some tests want.
                            }
                        });
    }

    private static void message(DataOutputStream to, int type, byte[] bytes) throws Exception {
        to.writeByte(type);
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private int run(StreamServer node, InputStream stdin) throws Exception {
        try (var links = new Links()) {
            var link = links.connect(node).near();
            var run =
                    ExecRun.start(link, Opening.exec("acme", "gpu-1", null, "[\"true\"]"), "gpu-1");
            Thread.ofVirtual().start(() -> run.feed(stdin));
            return run.result(out, err);
        }
    }

    private int run(StreamServer node) throws Exception {
        return run(node, InputStream.nullInputStream());
    }

    private void assertBroken(StreamServer node, String message) {
        assertThatThrownBy(() -> run(node))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.BROKEN))
                .hasMessageContaining(message);
    }

    @Test
    void outputComesApartAndTheCodeIsTheProgramsOwn() throws Exception {
        int code =
                run(
                        node((stream, in, to) -> {
                            message(to, 1, bytes("out"));
                            message(to, 2, bytes("err"));
                            message(to, 1, bytes("put"));
                            message(to, 3, new byte[] {0, 0, 0, 42});
                            stream.end();
                            in.readAllBytes();
                        }));

        assertThat(code).isEqualTo(42);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("output");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err");
    }

    @Test
    void stdinArrivesWholeAndItsEndIsTold() throws Exception {
        byte[] data = new byte[3_000_000];
        new java.util.Random(7).nextBytes(data);

        int code =
                run(
                        node((stream, in, to) -> {
                            for (int type = in.readUnsignedByte();
                                    type != 5;
                                    type = in.readUnsignedByte()) {
                                message(to, 1, in.readNBytes(in.readInt()));
                            }
                            message(to, 3, new byte[4]);
                            stream.end();
                            in.readInt();
                            in.readAllBytes();
                        }),
                        new ByteArrayInputStream(data));

        assertThat(code).isZero();
        assertThat(Arrays.mismatch(out.toByteArray(), data))
                .as("first byte that differs")
                .isEqualTo(-1);
    }

    @Test
    void signalsArriveByName() throws Exception {
        var seen = new CompletableFuture<String>();
        try (var links = new Links()) {
            var link =
                    links.connect(
                                    node((stream, in, to) -> {
                                        assertThat(in.readUnsignedByte()).isEqualTo(4);
                                        seen.complete(
                                                new String(
                                                        in.readNBytes(in.readInt()),
                                                        StandardCharsets.US_ASCII));
                                        message(to, 3, new byte[] {0, 0, 0, (byte) 130});
                                        stream.end();
                                        in.readAllBytes();
                                    }))
                            .near();
            var run =
                    ExecRun.start(
                            link, Opening.exec("acme", "gpu-1", "ann", "[\"sleep\"]"), "gpu-1");

            run.signal("INT");

            assertThat(run.result(out, err)).isEqualTo(130);
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("INT");
        }
    }

    @Test
    void outputThatEndsWithoutACodeIsNotComplete() {
        assertBroken(
                node((stream, in, to) -> {
                    message(to, 1, bytes("looks complete\n"));
                    stream.end();
                    in.readAllBytes();
                }),
                "without the program's exit code");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("looks complete\n");
    }

    @Test
    void aStreamThatIsResetIsNotComplete() {
        assertBroken(
                node((stream, in, to) -> {
                    message(to, 1, bytes("half"));
                    stream.reset(StreamEnd.RIGHT_ENDED, "Your grant was withdrawn.");
                }),
                "Your grant was withdrawn.");
    }

    @Test
    void evenACodeCountsOnlyWithTheOrderlyEnd() {
        assertBroken(
                node((stream, in, to) -> {
                    message(to, 3, new byte[4]);
                    stream.reset(StreamEnd.LINK_LOST, "");
                }),
                "The link was lost.");
    }

    @Test
    void aCutLinkIsNotComplete() throws Exception {
        try (var links = new Links()) {
            var pair =
                    links.connect(
                            node((stream, in, to) -> {
                                message(to, 1, bytes("half"));
                                in.readAllBytes();
                            }));
            var run =
                    ExecRun.start(
                            pair.near(), Opening.exec("acme", "gpu-1", null, "[\"x\"]"), "gpu-1");
            pair.far().close(LinkEnd.GOING_AWAY, "the hub is gone");

            assertThatThrownBy(() -> run.result(out, err))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.BROKEN));
        }
    }

    @Test
    void anUnknownEndIsNotComplete() {
        assertBroken(
                node((stream, in, to) -> {
                    message(to, 6, bytes("how the program ended is not known"));
                    stream.end();
                    in.readAllBytes();
                }),
                "not known");
    }

    @Test
    void nonsenseOfANodeIsNamed() {
        assertBroken(
                node((stream, in, to) -> {
                    message(to, 9, bytes("x"));
                    in.readAllBytes();
                }),
                "makes no sense");
        assertBroken(
                node((stream, in, to) -> {
                    to.writeByte(1);
                    to.writeInt(-1);
                    in.readAllBytes();
                }),
                "makes no sense");
    }

    @Test
    void aRefusalHasItsExitCode() {
        assertThatThrownBy(() ->
                        run(s -> s.refuse(StreamEnd.NODE_OFFLINE, "gpu-1 is offline since 10:00.")))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.OFFLINE))
                .hasMessage("gpu-1 is offline since 10:00.");
        assertThatThrownBy(() -> run(s -> s.refuse(StreamEnd.DENIED, "")))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exit()).isEqualTo(Exit.DENIED));
    }
}
