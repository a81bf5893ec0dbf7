package dev.fairlead.agent.exec;

import dev.fairlead.agent.login.LoginProcess;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.ReadBuffers;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running program and its stream.
///
/// Backpressure: the program's output is not read while the stream is not writable, and the stream
/// gets credit for stdin only when the program has taken it. Signals overtake stdin that waits. The
/// exit code is sent after all output, and only if all of it was read; when the stream ends in any
/// other way, the program and all that came of it is ended.
final class ExecSession implements StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(ExecSession.class);

    private static final int CHUNK = 32 * 1024;

    /// Whoever shows a terminal acknowledges whole messages, and holds some back to show them
    /// again: a few must fit into the smallest window.
    private static final int TERMINAL_CHUNK = 8 * 1024;

    /// Parts of stdin below this length are gathered, or a hostile peer could make this process
    /// hold a whole read buffer for each byte of a window.
    private static final int SMALL = 2 * 1024;

    private static final int GATHER = 8 * 1024;
    private static final int MAX_EARLY_SIGNALS = 16;

    private final LinkStream stream;
    private final boolean onTerminal;
    private final Consumer<ExecSession> whenOver;
    private final ExecInput input = new ExecInput(new Arriving());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock.
    private final ArrayDeque<ByteBuf> stdin = new ArrayDeque<>();
    private final ArrayDeque<String> signals = new ArrayDeque<>();
    private boolean stdinEnded;
    private boolean over;
    private @Nullable LoginProcess process;

    /// @param onTerminal whether the program runs on one, and not with pipes
    /// @param whenOver called once the stream is closed
    ExecSession(LinkStream stream, boolean onTerminal, Consumer<ExecSession> whenOver) {
        this.stream = stream;
        this.onTerminal = onTerminal;
        this.whenOver = whenOver;
    }

    /// Lets a program that was just started speak; ends it where the stream is closed already.
    void start(LoginProcess started) {
        boolean gone;
        lock.lock();
        try {
            process = started;
            gone = over;
            for (var name = signals.poll(); name != null; name = signals.poll()) {
                started.signal(name);
            }
        } finally {
            lock.unlock();
        }
        if (gone) {
            started.end();
            return;
        }
        stream.accept(Headers.EMPTY);
        long pid = started.pid();
        var out = pump(started.output(), ExecMessage.STDOUT, "stdout of " + pid);
        var err = pump(started.errors(), ExecMessage.STDERR, "stderr of " + pid);
        platform("stdin of " + pid, () -> feed(started.input()));
        Thread.ofVirtual().name("end of " + pid).start(() -> finish(started, out, err));
    }

    /// Ends the stream as cut, and the program; returns when that is gone.
    void end() {
        stream.reset(StreamEnd.GOING_AWAY, "The node's agent is shutting down.");
        LoginProcess running;
        lock.lock();
        try {
            running = process;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            running.end();
        }
    }

    /// The program's streams block in native code, where a virtual thread would hold its carrier.
    private static void platform(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    private CompletableFuture<Boolean> pump(InputStream from, byte type, String name) {
        var complete = new CompletableFuture<Boolean>();
        platform(
                name,
                () -> {
                    byte[] chunk = new byte[onTerminal ? TERMINAL_CHUNK : CHUNK];
                    try {
                        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                            if (!awaitWritable()) {
                                complete.complete(false);
                                return;
                            }
                            stream.write(message(type, n).writeBytes(chunk, 0, n));
                        }
                        complete.complete(true);
                    } catch (IOException e) {
                        // A terminal whose last program has gone cannot be read any more, and that
                        // is its end.
                        complete.complete(onTerminal);
                    } catch (Throwable e) {
                        complete.completeExceptionally(e);
                    }
                });
        return complete;
    }

    /// A message's header with room for the link's own in front.
    private static ByteBuf message(byte type, int length) {
        int header = ReadBuffers.HEADROOM;
        return ByteBufAllocator.DEFAULT
                .ioBuffer(header + ExecMessage.HEADER + length)
                .setIndex(header, header)
                .writeByte(type)
                .writeInt(length);
    }

    /// False once the stream is over.
    private boolean awaitWritable() {
        lock.lock();
        try {
            while (!over && !stream.isWritable()) {
                changed.awaitUninterruptibly();
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    private void feed(OutputStream to) {
        byte[] chunk = new byte[CHUNK];
        boolean taken = true;
        for (var bytes = nextStdin(); bytes != null; bytes = nextStdin()) {
            try {
                while (taken && bytes.isReadable()) {
                    int n = Math.min(chunk.length, bytes.readableBytes());
                    bytes.readBytes(chunk, 0, n);
                    to.write(chunk, 0, n);
                    to.flush();
                    stream.consumed(n);
                }
            } catch (IOException e) {
                // The program closed its stdin; what else comes for it is dropped, as in a shell.
                taken = false;
            }
            stream.consumed(bytes.readableBytes());
            bytes.release();
        }
        if (onTerminal || isOver()) {
            // A terminal goes on: its person may have ended their input and still read. Cut: the
            // program must not take what it got for all of it. It is being ended, and its
            // stdin stays open until it is gone.
            return;
        }
        try {
            to.close();
        } catch (IOException e) {
            // The program is gone.
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /// Null at the end, and when the stream is over.
    private @Nullable ByteBuf nextStdin() {
        lock.lock();
        try {
            while (stdin.isEmpty() && !stdinEnded && !over) {
                changed.awaitUninterruptibly();
            }
            return stdin.poll();
        } finally {
            lock.unlock();
        }
    }

    private void finish(
            LoginProcess started, CompletableFuture<Boolean> out, CompletableFuture<Boolean> err) {
        try {
            int code = started.exit().get();
            if (out.get() && err.get()) {
                stream.write(message(ExecMessage.EXIT, 4).writeInt(code));
            } else {
                fail("the program's output could not be read to its end");
            }
        } catch (InterruptedException | ExecutionException e) {
            fail("how the program ended is not known: " + e.getMessage());
        }
        stream.end();
        // What the program left running in its session goes with it.
        started.end();
    }

    private void fail(String sentence) {
        var text = message(ExecMessage.FAILED, ByteBufUtil.utf8Bytes(sentence));
        ByteBufUtil.writeUtf8(text, sentence);
        stream.write(text);
    }

    // Called on the event loop.

    @Override
    public void afresh() {
        input.afresh();
    }

    @Override
    public void data(ByteBuf bytes) {
        try {
            input.feed(bytes);
        } catch (ProtocolException e) {
            stream.consumed(bytes.readableBytes());
            stream.reset(StreamEnd.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
        } finally {
            bytes.release();
        }
    }

    @Override
    public void ended() {
        if (!input.isComplete()) {
            stream.reset(StreamEnd.PROTOCOL_ERROR, "the last message to the program is cut short");
            return;
        }
        change(() -> stdinEnded = true);
    }

    @Override
    public void writable() {
        change(() -> {});
    }

    @Override
    public void closed(StreamEnd cause, String message) {
        change(() -> {
            over = true;
            if (process != null && cause != StreamEnd.DONE) {
                Thread.ofVirtual().name("end of " + process.pid()).start(process::end);
            }
            for (var bytes = stdin.poll(); bytes != null; bytes = stdin.poll()) {
                stream.consumed(bytes.readableBytes());
                bytes.release();
            }
        });
        whenOver.accept(this);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Arriving implements ExecInput.Sink {

        @Override
        public void stdin(ByteBuf bytes) {
            change(() -> {
                if (over) {
                    stream.consumed(bytes.readableBytes());
                    bytes.release();
                } else if (bytes.readableBytes() >= SMALL) {
                    stdin.add(bytes);
                } else {
                    gather(bytes);
                }
            });
        }

        private void gather(ByteBuf bytes) {
            var last = stdin.peekLast();
            if (last == null || last.isReadOnly() || last.writableBytes() < bytes.readableBytes()) {
                last = ByteBufAllocator.DEFAULT.ioBuffer(GATHER, GATHER);
                stdin.add(last);
            }
            last.writeBytes(bytes);
            bytes.release();
        }

        @Override
        public void stdinEnd() {
            change(() -> stdinEnded = true);
        }

        @Override
        public void signal(String name) {
            change(() -> {
                if (process != null) {
                    process.signal(name);
                } else if (signals.size() < MAX_EARLY_SIGNALS) {
                    signals.add(name);
                }
            });
        }

        @Override
        public void resize(int columns, int rows) {
            change(() -> {
                if (process != null) {
                    try {
                        process.resize(columns, rows);
                    } catch (IOException e) {
                        LOG.debug("The terminal of {} has gone", process.pid(), e);
                    }
                }
            });
        }

        @Override
        public void skipped(int bytes) {
            stream.consumed(bytes);
        }
    }
}
