package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.Backoff;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Server-sent events with resume: after a lost connection it asks again for what came after the
/// last event that it saw, so that nothing is left out and nothing comes twice.
public final class EventStream {

    /// One event.
    ///
    /// @param kind its name, such as `node.online`
    public record Event(String kind, JsonNode data) {}

    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    /// The hub sends a comment every 15 s.
    private static final Duration DEAD_AFTER = Duration.ofSeconds(45);

    private final HubApi api;
    private final String path;
    private final Duration deadAfter;
    private String last = "";
    private volatile long heard;

    EventStream(HubApi api, String path) {
        this(api, path, DEAD_AFTER);
    }

    /// @param deadAfter a stream that is silent for so long is dead and dialled anew
    EventStream(HubApi api, String path, Duration deadAfter) {
        this.api = api;
        this.path = path;
        this.deadAfter = deadAfter;
    }

    /// Starts after this event instead of now.
    ///
    /// @param seq of the last event that was seen
    public EventStream after(long seq) {
        last = Long.toString(seq);
        return this;
    }

    /// Runs until the thread is interrupted or the hub ends the stream for good.
    ///
    /// @param connected run each time that the stream stands
    /// @param lost told why, each time that it broke and will be tried again
    /// @throws CliException where trying again makes no sense: the right ended, nobody is signed in
    public void run(Runnable connected, Consumer<CliException> lost, Consumer<Event> events) {
        var backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, new SecureRandom(), System::nanoTime);
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var request = api.request(path).header("Accept", "text/event-stream");
                if (!last.isEmpty()) {
                    request.header("Last-Event-ID", last);
                }
                heard = System.nanoTime();
                try (var body = api.open(request.build())) {
                    connected.run();
                    backoff.linked();
                    var watch = Thread.ofVirtual().start(() -> closeWhenDead(body));
                    try {
                        read(
                                new BufferedReader(
                                        new InputStreamReader(body, StandardCharsets.UTF_8)),
                                events);
                    } finally {
                        watch.interrupt();
                    }
                }
                lost.accept(new CliException(Exit.UNREACHABLE, "The hub ended the stream."));
            } catch (IOException e) {
                lost.accept(
                        new CliException(
                                Exit.UNREACHABLE,
                                "The connection to the hub broke: " + e.getMessage() + "."));
            } catch (CliException e) {
                if (e.exit() != Exit.UNREACHABLE) {
                    throw e;
                }
                lost.accept(e);
            }
            try {
                Thread.sleep(backoff.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void read(BufferedReader in, Consumer<Event> events) throws IOException {
        String kind = "message";
        String id = null;
        var data = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            heard = System.nanoTime();
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    deliver(kind, data.toString(), events);
                    last = id == null ? last : id;
                }
                kind = "message";
                id = null;
                data.setLength(0);
            } else if (field(line, "event") instanceof String value) {
                kind = value;
            } else if (field(line, "id") instanceof String value) {
                id = value;
            } else if (field(line, "data") instanceof String value) {
                data.append(data.isEmpty() ? "" : "\n").append(value);
            }
        }
    }

    /// A connection that a firewall has forgotten says nothing more, and reading it blocks for
    /// ever.
    private void closeWhenDead(InputStream body) {
        try {
            for (long left = deadAfter.toNanos(); left > 0; ) {
                Thread.sleep(Duration.ofNanos(left));
                left = heard + deadAfter.toNanos() - System.nanoTime();
            }
            body.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static @Nullable String field(String line, String name) {
        if (!line.startsWith(name + ":")) {
            return null;
        }
        String value = line.substring(name.length() + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    private static void deliver(String kind, String data, Consumer<Event> events) {
        var json = JsonMapper.shared().readTree(data);
        if (kind.equals("end")) {
            throw Problem.of(json.path("status").asInt(500), json);
        }
        events.accept(new Event(kind, json));
    }
}
