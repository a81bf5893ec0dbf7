package dev.fairlead.cli.stream;

import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ReadBuffers;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Carries bytes between a stream and this process's standard input and output, without copying
/// them: two threads read and write direct buffers, and the link's headers go into the free space
/// in front of what was read.
///
/// Threads, because a pipe cannot be put on the link's event loop, and a write that blocks there
/// would silence the link's liveness. Credit is returned when stdout has taken the bytes.
public final class StdioPipe implements StreamListener {

    private static final int MOST_AT_ONCE = 16;

    /// For how long the other side may say nothing once it was told that standard input has ended.
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    /// How it ended.
    public record Over(boolean accepted, StreamEnd end, String message) {}

    private final ReadableByteChannel in;
    private final GatheringByteChannel out;
    private final Duration lastWords;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock.
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
    private boolean accepted;
    private boolean ended;
    private boolean closed;
    private long received;
    private long written;
    private StreamEnd end = StreamEnd.DONE;
    private String message = "";

    public StdioPipe(ReadableByteChannel in, GatheringByteChannel out) {
        this(in, out, LAST_WORDS);
    }

    StdioPipe(ReadableByteChannel in, GatheringByteChannel out, Duration lastWords) {
        this.in = in;
        this.out = out;
        this.lastWords = lastWords;
    }

    /// Runs until the stream is over and its bytes are written.
    public Over run(LinkStream stream) {
        Thread.ofPlatform().daemon().name("stdin").start(() -> read(stream));
        write(stream);
        lock.lock();
        try {
            while (!closed) {
                changed.awaitUninterruptibly();
            }
            return new Over(accepted, end, message);
        } finally {
            lock.unlock();
        }
    }

    private void read(LinkStream stream) {
        int size = 4 * 1024;
        try {
            while (awaitWritable(stream)) {
                var bytes = ByteBufAllocator.DEFAULT.directBuffer(ReadBuffers.HEADROOM + size);
                int n = in.read(bytes.nioBuffer(ReadBuffers.HEADROOM, size));
                if (n < 0) {
                    bytes.release();
                    stream.end();
                    awaitLastWords(stream);
                    return;
                }
                stream.write(bytes.setIndex(ReadBuffers.HEADROOM, ReadBuffers.HEADROOM + n));
                size = n == size ? Math.min(size * 4, ReadBuffers.MAX) : Math.max(4 * 1024, n);
            }
        } catch (IOException e) {
            stream.reset(StreamEnd.CANCELLED, "standard input broke");
        }
    }

    private boolean awaitWritable(LinkStream stream) {
        lock.lock();
        try {
            while (!closed && !stream.isWritable()) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Whoever has closed standard input has gone, as OpenSSH does: where the node hears of it, it
    /// ends the stream. Where it cannot, because the stream waits to be resumed, nobody waits.
    private void awaitLastWords(LinkStream stream) {
        lock.lock();
        try {
            long before = -1;
            while (!closed && (received != before || written != received)) {
                before = received;
                long left = lastWords.toNanos();
                while (!closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        stream.reset(StreamEnd.CANCELLED, "standard input has ended");
    }

    /// Writes what arrives until the other side's END and the stream's end in order.
    private void write(LinkStream stream) {
        var batch = new ArrayList<ByteBuf>(MOST_AT_ONCE);
        while (next(batch)) {
            int length = 0;
            for (var bytes : batch) {
                length += bytes.readableBytes();
            }
            try {
                writeAll(batch);
            } catch (IOException e) {
                // Whoever started this process has gone.
                stream.reset(StreamEnd.CANCELLED, "standard output was closed");
            }
            batch.forEach(ByteBuf::release);
            batch.clear();
            stream.consumed(length);
            written(length);
        }
        if (!endedInOrder()) {
            // It stays open until this process has said why: OpenSSH ends it at the end of stdout.
            return;
        }
        try {
            out.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void written(int bytes) {
        lock.lock();
        try {
            written += bytes;
        } finally {
            lock.unlock();
        }
    }

    private boolean endedInOrder() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void writeAll(List<ByteBuf> batch) throws IOException {
        var buffers = new ByteBuffer[batch.size()];
        long left = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = batch.get(i).nioBuffer();
            left += buffers[i].remaining();
        }
        while (left > 0) {
            left -= out.write(buffers);
        }
    }

    /// Waits for bytes; false when no more will come.
    private boolean next(List<ByteBuf> batch) {
        lock.lock();
        try {
            while (arrived.isEmpty() && !ended && !closed) {
                changed.awaitUninterruptibly();
            }
            while (batch.size() < MOST_AT_ONCE && !arrived.isEmpty()) {
                batch.add(arrived.poll());
            }
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    // Called on the event loop.

    @Override
    public void accepted(dev.fairlead.link.Headers answer) {
        signal(() -> accepted = true);
    }

    @Override
    public void data(ByteBuf bytes) {
        signal(() -> {
            received += bytes.readableBytes();
            arrived.add(bytes);
        });
    }

    @Override
    public void ended() {
        signal(() -> ended = true);
    }

    @Override
    public void closed(StreamEnd cause, String why) {
        signal(() -> {
            closed = true;
            end = cause;
            message = why;
        });
    }

    @Override
    public void writable() {
        signal(() -> {});
    }

    private void signal(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
