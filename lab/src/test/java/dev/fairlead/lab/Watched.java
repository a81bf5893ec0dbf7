package dev.fairlead.lab;

import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Something that lives by a right, and when and why it ended: a stream of a client link, or what
/// reads anything else.
final class Watched implements StreamListener {

    /// @param nanos of [System#nanoTime()]
    record End(long nanos, StreamEnd cause, String message) {}

    private final CompletableFuture<Void> up = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final StringBuffer received = new StringBuffer();
    private volatile @Nullable LinkStream stream;

    /// The stream whose listener this is.
    Watched of(LinkStream opened) {
        stream = opened;
        return this;
    }

    /// Waits until it has said something, or been accepted where it has nothing to say.
    void awaitUp() throws Exception {
        CompletableFuture.anyOf(up, end).get(30, TimeUnit.SECONDS);
        if (end.isDone()) {
            throw new AssertionError("it ended at once: " + end.join());
        }
    }

    boolean isOver() {
        return end.isDone();
    }

    /// How it ended.
    End end() throws Exception {
        return end.get(30, TimeUnit.SECONDS);
    }

    /// How long after this moment it ended; negative when before.
    Duration endedAfter(long nanos) throws Exception {
        return Duration.ofNanos(end().nanos() - nanos);
    }

    String received() {
        return received.toString();
    }

    /// Tells that it is there.
    void isUp() {
        up.complete(null);
    }

    void isOver(StreamEnd cause, String message) {
        end.complete(new End(System.nanoTime(), cause, message));
    }

    @Override
    public void accepted(Headers answer) {
        if ("tcp".equals(Objects.requireNonNull(stream).headers().text("kind"))) {
            isUp();
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        int length = bytes.readableBytes();
        received.append(bytes.toString(StandardCharsets.ISO_8859_1));
        bytes.release();
        Objects.requireNonNull(stream).consumed(length);
        isUp();
    }

    @Override
    public void ended() {
        // The other side has nothing more to say; what it says why comes with the end.
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        isOver(cause, message);
    }
}
