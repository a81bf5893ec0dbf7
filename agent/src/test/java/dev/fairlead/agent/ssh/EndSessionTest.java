package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.resume.ResumeBudget;
import dev.fairlead.link.resume.ServeResumable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a person sees when the hub ends their session, by the real OpenSSH client.
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class EndSessionTest {

    @TempDir private Path dir;
    private SshLab lab;

    @BeforeEach
    void start() throws Exception {
        lab = new SshLab(dir);
    }

    @AfterEach
    void stop() throws Exception {
        lab.close();
    }

    private void end(String session, String message) throws Exception {
        var json =
                """
                {"session": "%s", "cause": "right-ended", "message": "%s"}\
                """
                        .formatted(session, message);
        byte[] answer =
                new EndSession(
                                lab.service,
                                new ServeResumable(
                                        lab.pair.dialer.channel().eventLoop(),
                                        Duration.ofMinutes(2),
                                        new ResumeBudget(1 << 20)))
                        .answer(
                                new Calls.Question(
                                        "1",
                                        "end-session",
                                        Duration.ofMillis(400),
                                        false,
                                        json.getBytes(StandardCharsets.UTF_8)));
        assertThat(answer).isEmpty();
    }

    @Test
    void theReasonStandsOnTheTerminalWithoutTricks() throws Exception {
        try (var person = new Typist(lab.client("ssh", "node"), 100, 30)) {
            person.type("echo rea''dy\n");
            person.sees("ready");
            end("sess_test", "ended by ada: \\u001b[2Jgo home\\r\\n\\u202e");
            person.sees("fairlead: session ended: ended by ada: ?[2Jgo home???");
            assertThat(person.code()).isEqualTo(255);
        }
    }

    /// The output of a command is data; its errors are for the person, also where ssh itself has to
    /// keep quiet.
    @Test
    void aCommandHasItAmongItsErrors() throws Exception {
        var client = lab.start(lab.client("ssh", "node", "echo up; exec sleep 600"), Map.of());
        try {
            assertThat(client.inputReader().readLine()).isEqualTo("up");
            end("sess_test", "the right was withdrawn");
            assertThat(client.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isEqualTo(255);
            assertThat(client.inputReader().readLine()).isNull();
            assertThat(new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("fairlead: session ended: the right was withdrawn");
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    void whatIsNotThereIsNotEnded() {
        assertThatThrownBy(() -> end("sess_other", "")).isInstanceOf(StreamException.class);
    }
}
