package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A [LinkStream] as a pair of blocking streams, for code on virtual threads.
///
/// Reading gives end of file only after the other side's END: a stream that was reset, refused or
/// lost throws a [StreamException], so that what was cut is never taken for complete.
public final class BlockingStream implements StreamListener, AutoCloseable {

    /// A stream that ended otherwise than by both sides' END.
    public static final class StreamException extends IOException {

        private final StreamEnd end;

        public StreamException(StreamEnd end, String message) {
            super(message.isEmpty() ? end.label() : message);
            this.end = end;
        }

        public StreamEnd end() {
            return end;
        }
    }

    private static final int MAX_CHUNK = 32 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
    private @Nullable LinkStream stream;
    private @Nullable Headers answer;
    private boolean endCalled;
    private boolean ended;
    private boolean closed;
    private StreamEnd end = StreamEnd.DONE;
    private String endMessage = "";

    private BlockingStream() {}

    /// Opens a stream; does not wait for the answer.
    public static BlockingStream open(StreamOpener on, Headers headers) {
        var blocking = new BlockingStream();
        blocking.bind(on.open(headers, blocking));
        return blocking;
    }

    /// Accepts a stream that the other side opened.
    public static BlockingStream accept(LinkStream stream, Headers answer) {
        var blocking = new BlockingStream();
        blocking.bind(stream);
        stream.listen(blocking);
        stream.accept(answer);
        return blocking;
    }

    private void bind(LinkStream bound) {
        lock.lock();
        try {
            stream = bound;
        } finally {
            lock.unlock();
        }
    }

    private LinkStream stream() {
        return Objects.requireNonNull(stream);
    }

    /// Waits until the other side has accepted.
    ///
    /// @throws StreamException when it refused, or the stream ended before
    /// @throws IOException after `seconds` without an answer; the stream is reset then
    public Headers awaitAccepted(long seconds) throws IOException, InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (answer == null && !closed) {
                if (left <= 0) {
                    stream().reset(StreamEnd.TARGET_TIMEOUT, "no answer within " + seconds + " s");
                    throw new StreamException(
                            StreamEnd.TARGET_TIMEOUT, "no answer within " + seconds + " s");
                }
                left = changed.awaitNanos(left);
            }
            if (answer == null) {
                throw new StreamException(end, endMessage);
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the stream is over, so that the other side has everything that was sent.
    ///
    /// @return false where it is not after so long
    /// @throws StreamException where it ended otherwise than in order
    public boolean awaitOver(long seconds) throws IOException, InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed && end != StreamEnd.DONE) {
                throw new StreamException(end, endMessage);
            }
            return closed;
        } finally {
            lock.unlock();
        }
    }

    public InputStream in() {
        return new In();
    }

    public OutputStream out() {
        return new Out();
    }

    /// Ends this direction; the other one goes on.
    public void end() {
        lock.lock();
        try {
            endCalled = true;
        } finally {
            lock.unlock();
        }
        stream().end();
    }

    public void reset(StreamEnd cause, String message) {
        stream().reset(cause, message);
    }

    /// Resets what has not ended, and drops what was not read. Where both sides have called an end,
    /// bytes that still wait here are sent before it.
    @Override
    public void close() {
        lock.lock();
        try {
            if (!(endCalled && ended)) {
                stream().reset(StreamEnd.CANCELLED, "closed by the other side");
            }
            drop();
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        for (var bytes = arrived.poll(); bytes != null; bytes = arrived.poll()) {
            stream().consumed(bytes.readableBytes());
            bytes.release();
        }
    }

    // Called on the event loop; the lock is held for moments only.

    @Override
    public void accepted(Headers headers) {
        signal(() -> answer = headers);
    }

    @Override
    public void data(ByteBuf bytes) {
        signal(() -> arrived.add(bytes));
    }

    @Override
    public void ended() {
        signal(() -> ended = true);
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        signal(() -> {
            closed = true;
            end = cause;
            endMessage = message;
            if (cause != StreamEnd.DONE && stream != null) {
                drop();
            }
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

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new IOException("interrupted");
    }

    private final class In extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            if (length == 0) {
                return 0;
            }
            int n;
            lock.lock();
            try {
                while (arrived.isEmpty() && !ended && !closed) {
                    changed.await();
                }
                var first = arrived.peek();
                if (first == null) {
                    if (closed && end != StreamEnd.DONE) {
                        throw new StreamException(end, endMessage);
                    }
                    return -1;
                }
                n = Math.min(length, first.readableBytes());
                first.readBytes(to, offset, n);
                if (!first.isReadable()) {
                    arrived.poll();
                    first.release();
                }
            } catch (InterruptedException e) {
                throw interrupted();
            } finally {
                lock.unlock();
            }
            stream().consumed(n);
            return n;
        }

        @Override
        public int available() {
            lock.lock();
            try {
                var first = arrived.peek();
                return first == null ? 0 : first.readableBytes();
            } finally {
                lock.unlock();
            }
        }
    }

    private final class Out extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, from.length);
            for (int at = 0; at < length; ) {
                int n = Math.min(MAX_CHUNK, length - at);
                awaitWritable();
                stream().write(Unpooled.copiedBuffer(from, offset + at, n));
                at += n;
            }
        }

        private void awaitWritable() throws IOException {
            lock.lock();
            try {
                while (!closed && !stream().isWritable()) {
                    changed.await();
                }
                if (closed) {
                    throw new StreamException(end, endMessage);
                }
            } catch (InterruptedException e) {
                throw interrupted();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            BlockingStream.this.end();
        }
    }
}
