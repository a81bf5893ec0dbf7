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
import dev.fairlead.agent.serve.ServeStreams;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Headers;
import dev.fairlead.link.StreamEnd;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real shells on real terminals, through a real link.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class ServeTerminalTest {

    private ServeTerminal terminals;
    private NativeLinks links;

    @BeforeEach
    void start() throws Exception {
        terminals = serving("ssh");
        links = new NativeLinks(new ServeStreams(Map.of("terminal", terminals), true));
    }

    private static ServeTerminal serving(String rule) throws Exception {
        var guarded = new Guarded(List::of, List.of(), name -> List.of(), Reach::isLocal);
        var reach = new Reach(List.of(Rule.parse(rule)), List.of(), guarded, name -> List.of());
        String own = Login.ofAgent().name();
        return new ServeTerminal(reach, new Logins(own, Login.agentUid() == 0, List.of()));
    }

    @AfterEach
    void stop() throws Exception {
        links.close();
        await().atMost(30, TimeUnit.SECONDS).until(() -> terminals.open() == 0);
    }

    private static Headers headers(String size) {
        return Headers.of("kind", "terminal", "size", size, "user", "ada", "session", "sess_x");
    }

    private static void send(BlockingStream stream, int type, byte[] bytes) throws IOException {
        var out = new DataOutputStream(stream.out());
        out.writeByte(type);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    private static void type(BlockingStream stream, String text) throws IOException {
        send(stream, ExecMessage.STDIN, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads output until it has this text; the exit code where it ends before.
    private static String reads(DataInputStream in, String wanted) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(wanted) < 0) {
            int type = in.readUnsignedByte();
            byte[] bytes = in.readNBytes(in.readInt());
            if (type == ExecMessage.EXIT) {
                return "exit " + ByteBuffer.wrap(bytes).getInt();
            }
            assertThat(type).isEqualTo(ExecMessage.STDOUT);
            assertThat(bytes.length).isLessThanOrEqualTo(8 * 1024);
            seen.append(new String(bytes, StandardCharsets.UTF_8));
        }
        return seen.toString();
    }

    @Test
    void aShellWithASizeThatChanges() throws Exception {
        try (var stream = BlockingStream.open(links.hub, headers("101x31"))) {
            stream.awaitAccepted(30);
            var in = new DataInputStream(stream.in());
            type(stream, "stty size; echo $TERM:$COLORTERM:$FAIRLEAD_USER:do''ne\n");
            assertThat(reads(in, ":done")).contains("31 101", "xterm-256color:truecolor:ada");
            send(stream, ExecMessage.RESIZE, new byte[] {0, 90, 0, 20});
            type(stream, "stty size; echo do''ne\n");
            assertThat(reads(in, "done")).contains("20 90");
            type(stream, "exit 3\n");
            assertThat(reads(in, "never")).isEqualTo("exit 3");
            assertThat(in.read()).isEqualTo(-1);
            stream.end();
            assertThat(stream.awaitOver(30)).isTrue();
        }
    }

    @Test
    void aShellWhosePersonGoesIsEnded() throws Exception {
        try (var stream = BlockingStream.open(links.hub, headers("80x24"))) {
            stream.awaitAccepted(30);
            var in = new DataInputStream(stream.in());
            type(stream, "echo p''id $$ e''nd\n");
            String pid = reads(in, " end").replaceAll("(?s).*pid ([0-9]+) end.*", "$1");
            stream.reset(StreamEnd.CANCELLED, "");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !java.nio.file.Files.exists(java.nio.file.Path.of("/proc", pid)));
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() throws Exception {
        for (var size : List.of("0x0", "80", "80x24x1", "99999x1", "")) {
            try (var stream = BlockingStream.open(links.hub, headers(size))) {
                assertThatThrownBy(() -> stream.awaitAccepted(30))
                        .isInstanceOfSatisfying(
                                StreamException.class,
                                e -> assertThat(e.end()).isEqualTo(StreamEnd.BAD_REQUEST));
            }
        }
    }

    @Test
    void theNodesPolicyHasTheLastWord() throws Exception {
        try (var closed = new NativeLinks(serving("loopback"));
                var stream = BlockingStream.open(closed.hub, headers("80x24"))) {
            assertThatThrownBy(() -> stream.awaitAccepted(30))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            e -> assertThat(e.end()).isEqualTo(StreamEnd.DENIED_BY_NODE))
                    .hasMessageContaining("agent.yaml");
        }
    }
}
