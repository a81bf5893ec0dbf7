package dev.fairlead.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.agent.NativeLinks;
import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.policy.Guarded;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.agent.policy.Rule;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Programs that are really run, through a real link.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class ServeExecTest {

    private final JsonMapper json = JsonMapper.builder().build();
    private String own;
    private ServeExec exec;
    private NativeLinks links;

    @BeforeEach
    void start() throws Exception {
        own = Login.ofAgent().name();
        exec = new ServeExec(reach("ssh"), new Logins(own, Login.agentUid() == 0, List.of()));
        links = new NativeLinks(exec);
    }

    private static Reach reach(String rule) {
        var guarded = new Guarded(List::of, List.of(), name -> List.of(), Reach::isLocal);
        return new Reach(List.of(Rule.parse(rule)), List.of(), guarded, name -> List.of());
    }

    @AfterEach
    void stop() throws Exception {
        links.close();
        await().until(() -> exec.open() == 0);
    }

    private Headers headers(String... argv) {
        return Headers.of("kind", "exec", "argv", json.writeValueAsString(argv), "user", "ada");
    }

    private BlockingStream open(String... argv) {
        return BlockingStream.open(links.hub, headers(argv));
    }

    private static void send(BlockingStream stream, int type, byte[] bytes) throws IOException {
        var out = new DataOutputStream(stream.out());
        out.writeByte(type);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private record Result(byte[] out, byte[] err, int code) {}

    private static Result result(BlockingStream stream) throws IOException {
        var in = new DataInputStream(stream.in());
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = -1;
        for (int type = in.read(); type >= 0; type = in.read()) {
            assertThat(code).as("nothing follows the exit code").isEqualTo(-1);
            byte[] bytes = in.readNBytes(in.readInt());
            switch (type) {
                case ExecMessage.STDOUT -> out.write(bytes);
                case ExecMessage.STDERR -> err.write(bytes);
                case ExecMessage.EXIT -> code = java.nio.ByteBuffer.wrap(bytes).getInt();
                default -> throw new IOException("message " + type);
            }
        }
        return new Result(out.toByteArray(), err.toByteArray(), code);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void outputsApartAndTheExitCode() throws Exception {
        try (var stream = open("sh", "-c", "echo out; echo err >&2; exit 7")) {
            send(stream, ExecMessage.STDIN_END, new byte[0]);
            var result = result(stream);
            assertThat(text(result.out)).isEqualTo("out\n");
            assertThat(text(result.err)).isEqualTo("err\n");
            assertThat(result.code).isEqualTo(7);
        }
    }

    @Test
    void argumentsAreNoShellText() throws Exception {
        try (var stream = open("printf", "%s|", "a b", "$HOME", "`id`", "", "'\"\\", "ü")) {
            stream.end();
            assertThat(text(result(stream).out)).isEqualTo("a b|$HOME|`id`||'\"\\|ü|");
        }
    }

    @Test
    void stdinReachesTheProgramWhateverTheMessages() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(1).nextBytes(sent);
        try (var stream = open("cat")) {
            var writer =
                    CompletableFuture.runAsync(() -> {
                        try {
                            for (int at = 0; at < 2_000; at++) {
                                send(stream, 0, Arrays.copyOfRange(sent, at, at + 1));
                            }
                            send(stream, 0, new byte[0]);
                            send(stream, 0, Arrays.copyOfRange(sent, 2_000, sent.length));
                            stream.end();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
            var result = result(stream);
            writer.get();
            assertThat(result.out).isEqualTo(sent);
            assertThat(result.code).isZero();
        }
    }

    @Test
    void aProgramThatClosesItsStdinIsNotDisturbed() throws Exception {
        try (var stream = open("sh", "-c", "exec <&-; sleep 0.2; echo done")) {
            send(stream, 0, new byte[200_000]);
            assertThat(text(result(stream).out)).isEqualTo("done\n");
        }
    }

    @Test
    void signalsArriveAndOvertakeStdin() throws Exception {
        try (var stream =
                open(
                        "sh",
                        "-c",
                        "trap 'echo caught; exit 3' USR1; echo ready; while :; do sleep 0.05; done")) {
            send(stream, 0, new byte[60_000]);
            var in = new DataInputStream(stream.in());
            assertThat(in.read()).isEqualTo(ExecMessage.STDOUT);
            assertThat(in.readNBytes(in.readInt())).isEqualTo("ready\n".getBytes());
            send(stream, ExecMessage.SIGNAL, "USR1".getBytes(StandardCharsets.US_ASCII));
            var result = result(stream);
            assertThat(text(result.out)).isEqualTo("caught\n");
            assertThat(result.code).isEqualTo(3);
        }
    }

    @Test
    void aProgramThatASignalEndedSaysSo() throws Exception {
        try (var stream = open("sh", "-c", "kill -9 $$")) {
            assertThat(result(stream).code).isEqualTo(137);
        }
    }

    @Test
    void aMissingProgramEndsLikeInAShell() throws Exception {
        try (var stream = open("/no/such/program")) {
            var result = result(stream);
            assertThat(result.code).isIn(126, 127);
            assertThat(result.err).isNotEmpty();
        }
    }

    @Test
    void aCutLinkEndsTheWholeTree(@TempDir Path dir) throws Exception {
        var pids = dir.resolve("pids");
        var stream =
                open(
                        "sh",
                        "-c",
                        "sleep 300 & echo $! >> " + pids + "; echo $$ >> " + pids + "; wait");
        stream.awaitAccepted(30);
        await().until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);
        var processes =
                Files.readAllLines(pids).stream()
                        .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                        .toList();
        links.hub.close(LinkEnd.CLOSED, "cut");
        await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        assertThatThrownBy(() -> result(stream)).isInstanceOf(StreamException.class);
    }

    /// A program that outlives the SIGHUP for a moment must not see an end of its stdin either.
    @Test
    void aCutLinkIsNoEndOfStdin(@TempDir Path dir) throws Exception {
        var pid = dir.resolve("pid");
        var whole = dir.resolve("whole");
        var stream =
                open(
                        "sh",
                        "-c",
                        "trap '' HUP; echo $$ > " + pid + "; cat > /dev/null; echo > " + whole);
        stream.awaitAccepted(30);
        send(stream, 0, new byte[60_000]);
        await().until(() -> Files.exists(pid) && Files.size(pid) > 1);
        var program = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        links.hub.close(LinkEnd.CLOSED, "cut");
        await().until(() -> !program.isAlive());
        assertThat(whole).doesNotExist();
    }

    @Test
    void aProgramThatReadsAndWritesNothingIsEndedToo() throws Exception {
        var stream = open("sleep", "300");
        stream.awaitAccepted(30);
        send(stream, 0, new byte[60_000]);
        assertThat(exec.open()).isEqualTo(1);
        stream.close();
        await().until(() -> exec.open() == 0);
    }

    @Test
    void aReaderThatStallsStopsTheProgram(@TempDir Path dir) throws Exception {
        var progress = dir.resolve("progress");
        try (var stream =
                open(
                        "sh",
                        "-c",
                        "head -c 20000000 /dev/zero; echo written > " + progress + "; exit 4")) {
            stream.awaitAccepted(30);
            await().during(java.time.Duration.ofMillis(400)).until(() -> !Files.exists(progress));
            var result = result(stream);
            assertThat(result.out).hasSize(20_000_000);
            assertThat(result.code).isEqualTo(4);
        }
    }

    private void refused(Headers headers, StreamEnd end) {
        try (var stream = BlockingStream.open(links.hub, headers)) {
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOfSatisfying(
                            StreamException.class, e -> assertThat(e.end()).isEqualTo(end));
        }
    }

    @Test
    void whatIsNotAllowedOrMakesNoSenseIsRefused() throws Exception {
        refused(headers("id").with("login", "nobody-listed"), StreamEnd.DENIED_BY_NODE);
        refused(headers("id").with("tty", "xterm"), StreamEnd.UNSUPPORTED);
        refused(headers().with("argv", "{}"), StreamEnd.BAD_REQUEST);
        refused(headers().with("argv", "[1]"), StreamEnd.BAD_REQUEST);
        refused(headers().with("argv", "[]"), StreamEnd.BAD_REQUEST);
        refused(headers().with("argv", "[\"a\\u0000b\"]"), StreamEnd.BAD_REQUEST);
        refused(headers("-c"), StreamEnd.BAD_REQUEST);
        refused(headers().without("argv"), StreamEnd.BAD_REQUEST);
        var noShell = new ServeExec(reach("loopback"), new Logins(own, false, List.of()));
        try (var other = new NativeLinks(noShell);
                var stream = BlockingStream.open(other.hub, headers("id"))) {
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            e -> assertThat(e.end()).isEqualTo(StreamEnd.DENIED_BY_NODE));
        }
    }

    @Test
    void hostileMessagesEndTheProgram() throws Exception {
        for (var bad :
                List.of(
                        new byte[] {9, 0, 0, 0, 0},
                        new byte[] {4, 0, 0, 1, 0},
                        new byte[] {5, 0, 0, 0, 1},
                        new byte[] {4, 0, 0, 0, 0})) {
            try (var stream = open("cat")) {
                stream.out().write(bad);
                assertThatThrownBy(() -> result(stream))
                        .isInstanceOfSatisfying(
                                StreamException.class,
                                e -> assertThat(e.end()).isEqualTo(StreamEnd.PROTOCOL_ERROR));
            }
        }
        await().until(() -> exec.open() == 0);
    }
}
