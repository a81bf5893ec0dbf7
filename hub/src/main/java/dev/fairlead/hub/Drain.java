package dev.fairlead.hub;

import dev.fairlead.hub.access.Sessions;
import dev.fairlead.hub.tunnel.Links;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a running hub out of service without breaking anything: new links are sent away, those
/// that stand are told to dial anew at moments of their own, and the hub stops when nothing is left
/// that its end would break: what can be resumed goes on at the next hub, or at this one when it is
/// back.
final class Drain {

    /// Over this time links are told to go, so that they do not come to the next hub at once.
    private static final Duration SPREAD = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final DrainFiles files;
    private final Links links;
    private final Sessions sessions;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private @Nullable Duration within;
    private long began;
    private DrainFiles.@Nullable State told;

    /// @param data the hub's folder
    Drain(Path data, Links links, Sessions sessions) throws IOException {
        this.files = new DrainFiles(data);
        this.links = links;
        this.sessions = sessions;
        files.clear();
    }

    /// Completes when the hub is to stop now.
    CompletableFuture<Void> drained() {
        return drained;
    }

    /// Looks whether a drain is asked for, and how it stands; the hub calls it several times a
    /// second.
    synchronized void look() {
        try {
            var asked = files.take();
            if (asked.isPresent()) {
                begin(asked.get());
            }
            if (within != null) {
                goOn(within);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin(Duration asked) {
        if (within == null) {
            began = System.nanoTime();
        }
        within = asked;
        told = null; // Who asks hears how it stands, also where nothing has changed.
        log.info("Draining, for {} s at most", asked.toSeconds());
    }

    private void goOn(Duration atMost) throws IOException {
        var spread = SPREAD.compareTo(atMost) < 0 ? SPREAD : atMost;
        // Again each time, for links that were in their handshake before.
        links.drain(spread);
        var gone = Duration.ofNanos(System.nanoTime() - began);
        var now = now();
        boolean moved = now.nodes() + now.clients() == 0;
        boolean harmless = now.cut() == 0 && gone.compareTo(spread) >= 0;
        if (moved || harmless || gone.compareTo(atMost) >= 0) {
            if (!drained.isDone()) {
                log.info("Drained after {} ms", gone.toMillis());
                tell(now.as("stopping"));
                drained.complete(null);
            }
        } else {
            tell(now);
        }
    }

    private DrainFiles.State now() {
        return new DrainFiles.State(
                "draining",
                links.count(),
                links.countOfClients(),
                sessions.streamCount(),
                sessions.cutCount(),
                ProcessHandle.current().pid());
    }

    private void tell(DrainFiles.State now) throws IOException {
        if (!now.equals(told)) {
            told = now;
            files.tell(now);
        }
    }

    /// The hub has stopped. Does nothing where nobody asked for a drain.
    synchronized void stopped() throws IOException {
        if (told != null) {
            tell(now().as(DrainFiles.State.STOPPED));
        }
    }
}
