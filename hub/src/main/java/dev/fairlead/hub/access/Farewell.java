package dev.fairlead.hub.access;

import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Lets people know why their SSH session ends. What a stream's RESET says reaches only the program
/// that carries the stream, and OpenSSH hides its words; on a person's terminal nobody but the
/// node's SSH server can write. So the node is asked to end the session and to say why.
///
/// It is asked, and not relied upon: whatever it does, the streams are broken off after [#WITHIN].
final class Farewell {

    /// From the end of the right to the end of its streams it takes less than a second in all.
    static final Duration WITHIN = Duration.ofMillis(400);

    private static final Logger log = LoggerFactory.getLogger(Farewell.class);

    private final Executor threads;
    private final JsonMapper json = JsonMapper.builder().build();

    /// @param threads for work that blocks: virtual threads
    Farewell(Executor threads) {
        this.threads = threads;
    }

    /// Asks the node; returns at once.
    ///
    /// @param unheard runs when the node will not do it, so that nothing is to be waited for
    void ask(Link node, LiveSession session, LiveSession.End end, Runnable unheard) {
        threads.execute(() -> {
            try {
                Calls.ask(
                        node,
                        new Calls.Question(
                                UUID.randomUUID().toString(),
                                "end-session",
                                WITHIN,
                                false,
                                question(session, end)));
            } catch (IOException e) {
                log.debug("{} ends without a word: {}", session.id(), e.getMessage());
                unheard.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                unheard.run();
            }
        });
    }

    private byte[] question(LiveSession session, LiveSession.End end) {
        return json.writeValueAsString(
                        Map.of(
                                "session", session.id().text(),
                                "cause", end.cause().label(),
                                "message", end.message()))
                .getBytes(StandardCharsets.UTF_8);
    }
}
