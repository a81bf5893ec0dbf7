package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Server-sent events to one reader. One thread sends; any thread may cut.
///
/// A comment every 15 s tells both sides that the other still is there. A reader that takes nothing
/// for 30 s is let go, so that it holds no memory.
public final class EventStream {

    static final int HEARTBEAT_SECONDS = 15;
    static final int STALLED_SECONDS = 30;

    /// How long a reader has to take the last event before its connection is closed.
    private static final int LAST_WORD_MILLIS = 2_000;

    /// Bytes that may wait for a slow reader.
    private static final int QUEUE = 256 * 1024;

    private final Context context;
    private final HttpServerResponse response;
    private final HttpConnection connection;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Semaphore wake = new Semaphore(0);
    private final Semaphore drained = new Semaphore(0);
    private final List<Runnable> onClose = new CopyOnWriteArrayList<>();
    private long timer;

    /// @param connection closed where a reader does not even take the end
    EventStream(Context context, HttpServerResponse response, HttpConnection connection) {
        this.context = context;
        this.response = response;
        this.connection = connection;
    }

    /// Called on the event loop.
    void open() {
        response.setWriteQueueMaxSize(QUEUE);
        response.setChunked(true);
        response.drainHandler(v -> drained.release());
        response.exceptionHandler(e -> close());
        response.closeHandler(v -> close());
        timer =
                context.owner()
                        .setPeriodic(
                                TimeUnit.SECONDS.toMillis(HEARTBEAT_SECONDS),
                                id -> response.write(": here\n\n"));
        response.write(": open\n\n");
    }

    /// Sends one event; blocks while the reader is behind.
    ///
    /// @param data becomes JSON
    /// @return false where the stream is over, and the sender should stop
    public boolean send(String event, long id, Object data) {
        return write("id: " + id + "\nevent: " + event + "\ndata: " + Json.text(data) + "\n\n");
    }

    /// Waits until there may be something to send ([#wake]) or the stream is over.
    ///
    /// @return false where it is over
    public boolean await() {
        try {
            // Now and then without being woken: a wake-up that got lost costs seconds, not events.
            boolean ignored = wake.tryAcquire(5, TimeUnit.SECONDS);
            wake.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
        return !closed.get();
    }

    /// Makes [#await] return; short, from any thread.
    public void wake() {
        wake.release();
    }

    /// Ends the stream with a last event that says why.
    public void cut(Rejected cause) {
        end("event: end\ndata: " + Json.text(Problem.of(cause)) + "\n\n");
    }

    /// Ends the stream without a word, as when its reader went away.
    public void close() {
        end("");
    }

    private void end(String last) {
        if (closed.compareAndSet(false, true)) {
            context.runOnContext(v -> {
                if (!response.ended() && !response.closed()) {
                    response.end(last);
                    context.owner().setTimer(LAST_WORD_MILLIS, id -> connection.close());
                }
            });
            finish();
        }
    }

    /// Runs when the stream is over, however it ended; at once where it already is.
    public void onClose(Runnable action) {
        onClose.add(action);
        if (end.getCount() == 0 && onClose.remove(action)) {
            action.run();
        }
    }

    public boolean isClosed() {
        return closed.get();
    }

    private boolean write(String text) {
        if (closed.get()) {
            return false;
        }
        var written = new CountDownLatch(1);
        boolean[] full = new boolean[1];
        context.runOnContext(v -> {
            drained.drainPermits();
            if (!response.ended() && !response.closed()) {
                response.write(text);
                full[0] = response.writeQueueFull();
            }
            written.countDown();
        });
        try {
            written.await();
            if (full[0] && !drained.tryAcquire(STALLED_SECONDS, TimeUnit.SECONDS)) {
                reset();
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            return false;
        }
        return !closed.get();
    }

    /// A reader that stalls would never read an end either.
    private void reset() {
        if (closed.compareAndSet(false, true)) {
            context.runOnContext(v -> connection.close());
            finish();
        }
    }

    private void finish() {
        context.owner().cancelTimer(timer);
        end.countDown();
        wake.release();
        drained.release();
        for (Runnable action : onClose) {
            if (onClose.remove(action)) {
                action.run();
            }
        }
    }
}
