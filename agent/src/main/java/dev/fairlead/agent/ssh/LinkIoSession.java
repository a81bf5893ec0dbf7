package dev.fairlead.agent.ssh;

import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.EOFException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/// MINA's idea of a connection, carried by one stream of the link.
///
/// What comes in is queued by the event loop and handled by the session's own virtual thread; it
/// counts as consumed when MINA has taken it, and MINA holds no more than the windows of the SSH
/// channels. What goes out is handed to the stream at once, and is done when the stream takes bytes
/// again; whoever writes much waits in [#awaitWritable()] first.
final class LinkIoSession extends AbstractCloseable implements IoSession, StreamListener {

    /// Room for the headers of the mux and of the WebSocket, which are written in place.
    private static final int HEADROOM = 24;

    /// Time for the other side to end its direction after it has all of this one.
    private static final int LINGER_S = 3;

    private final long id;
    private final LinkStream stream;
    private final IoHandler handler;
    private final IoService service;
    private final SocketAddress remote;
    private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Queue<Written> waiting = new ConcurrentLinkedQueue<>();
    private final Object writable = new Object();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();
    private volatile boolean streamClosed;

    LinkIoSession(
            long id,
            LinkStream stream,
            IoHandler handler,
            IoService service,
            SocketAddress remote) {
        super("link stream " + id);
        this.id = id;
        this.stream = stream;
        this.handler = handler;
        this.service = service;
        this.remote = remote;
    }

    private sealed interface Event {
        record Bytes(ByteBuf bytes) implements Event {}

        record Writable() implements Event {}

        record End() implements Event {}
    }

    private static final class Written extends AbstractIoWriteFuture {
        Written(Object id) {
            super(id, null);
        }
    }

    /// Handles what comes in until the connection ends. Called once, on a virtual thread.
    void run() throws InterruptedException {
        try {
            handler.sessionCreated(this);
            for (var event = events.take(); !(event instanceof Event.End); event = events.take()) {
                switch (event) {
                    case Event.Bytes(ByteBuf bytes) -> take(bytes);
                    case Event.Writable _ -> completeWritten();
                    case Event.End _ -> {}
                }
            }
            handler.sessionClosed(this);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.warn("{} cannot be served: {}", this, e.toString());
        } finally {
            close(true);
            drop();
        }
    }

    private void take(ByteBuf bytes) throws Exception {
        int length = bytes.readableBytes();
        try {
            handler.messageReceived(this, new Received(bytes));
        } catch (Exception e) {
            handler.exceptionCaught(this, e);
        } finally {
            bytes.release();
            stream.consumed(length);
        }
    }

    private record Received(ByteBuf bytes) implements Readable {
        @Override
        public int available() {
            return bytes.readableBytes();
        }

        @Override
        public void getRawBytes(byte[] data, int offset, int length) {
            bytes.readBytes(data, offset, length);
        }
    }

    private void drop() {
        for (var event = events.poll(); event != null; event = events.poll()) {
            if (event instanceof Event.Bytes(ByteBuf bytes)) {
                int length = bytes.readableBytes();
                bytes.release();
                stream.consumed(length);
            }
        }
        for (var write = waiting.poll(); write != null; write = waiting.poll()) {
            write.setValue(new EOFException("the stream of the link has ended"));
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (isClosing()) {
            int length = bytes.readableBytes();
            bytes.release();
            stream.consumed(length);
        } else {
            events.add(new Event.Bytes(bytes));
        }
    }

    @Override
    public void ended() {
        events.add(new Event.End());
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        streamClosed = true;
        over.countDown();
        wakeWriters();
        events.add(new Event.End());
    }

    /// Only the end counts beyond what was written. Before it has arrived nothing is given up: the
    /// link may be cut off, and what the person's program printed last is on its way.
    @Override
    public void acknowledged(long consumed) {
        if (consumed > written.get()) {
            stream.eventLoop().schedule(this::giveUp, LINGER_S, TimeUnit.SECONDS);
        }
    }

    @Override
    public void writable() {
        wakeWriters();
        events.add(new Event.Writable());
    }

    private void wakeWriters() {
        synchronized (writable) {
            writable.notifyAll();
        }
    }

    /// Waits until the stream is over in both directions; no longer than this.
    void awaitClosed(Duration time) throws InterruptedException {
        var ignored = over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Waits until the stream takes bytes or has ended. Never called by the session's own thread.
    void awaitWritable() throws InterruptedException {
        synchronized (writable) {
            while (!stream.isWritable() && !streamClosed && !isClosing()) {
                writable.wait();
            }
        }
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) {
        var future = new Written(this);
        if (isClosed() || streamClosed) {
            future.setValue(new EOFException("the stream of the link has ended"));
            return future;
        }
        int length = buffer.available();
        var bytes = ByteBufAllocator.DEFAULT.directBuffer(HEADROOM + length);
        bytes.setIndex(HEADROOM, HEADROOM);
        bytes.writeBytes(buffer.array(), buffer.rpos(), length);
        buffer.rpos(buffer.wpos());
        written.addAndGet(length);
        stream.write(bytes);
        if (stream.isWritable()) {
            future.setValue(true);
        } else {
            waiting.add(future);
            if (stream.isWritable()) {
                events.add(new Event.Writable());
            }
        }
        return future;
    }

    private void completeWritten() {
        while (stream.isWritable()) {
            var write = waiting.poll();
            if (write == null) {
                return;
            }
            write.setValue(true);
        }
    }

    @Override
    protected void doCloseImmediately() {
        if (!streamClosed) {
            stream.end();
        }
        wakeWriters();
        events.add(new Event.End());
        super.doCloseImmediately();
    }

    private void giveUp() {
        if (!streamClosed) {
            stream.reset(StreamEnd.CANCELLED, "The SSH session is over.");
        }
    }

    @Override
    public void shutdownOutputStream() {
        stream.end();
    }

    /// MINA never stops reading from a connection whose bytes it has to decrypt in order; what it
    /// cannot pass on is bounded by the windows of the channels.
    @Override
    public void suspendRead() {}

    @Override
    public void resumeRead() {}

    @Override
    public long getId() {
        return id;
    }

    @Override
    public IoService getService() {
        return service;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return remote;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return remote;
    }

    @Override
    public SocketAddress getAcceptanceAddress() {
        return remote;
    }

    @Override
    public @Nullable Object getAttribute(Object key) {
        return attributes.get(key);
    }

    @Override
    public @Nullable Object setAttribute(Object key, Object value) {
        return attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public @Nullable Object removeAttribute(Object key) {
        return attributes.remove(key);
    }

    @Override
    public String toString() {
        return remote.toString();
    }
}
