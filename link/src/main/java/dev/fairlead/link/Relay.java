package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Joins two streams, mostly of two links, into one: what arrives on one is sent on the other,
/// answers, ends, resets and credit included.
///
/// Credit passes from end to end: bytes, and the END behind them, count as consumed only when the
/// far side of the other stream says so. So a sender knows what has left the far process, and what
/// a relay holds is bounded by the windows that it granted.
///
/// The links may live on two event loops; each half runs on the loop of the stream that it listens
/// to.
public final class Relay {

    private final Half asking = new Half(true);
    private final Half serving = new Half(false);
    private final LinkStream asked;
    private @Nullable BiConsumer<StreamEnd, String> whenOver;
    private int halvesOpen = 2;
    private volatile boolean muted;
    private UnaryOperator<Headers> answered = answer -> answer;
    private StreamEnd cutCause = StreamEnd.DONE;
    private String cutMessage = "";

    /// A relay for a stream that the other side opened, and that nobody has answered.
    public Relay(LinkStream asked) {
        this.asked = asked;
        asking.source = asked;
        serving.sink = asked;
    }

    /// Opens the stream that this one is joined with: it is accepted or refused as that one is.
    /// After [#cut] nothing is opened, and it is over at once.
    ///
    /// @param over called once, on an event loop: with [StreamEnd#DONE], or the cause of the first
    ///   break
    public void connect(Link to, Headers open, BiConsumer<StreamEnd, String> over) {
        connect(to, open, answer -> answer, over);
    }

    /// The same, with a hand on the answer.
    ///
    /// @param answering given what the serving side accepted with, on an event loop; what it gives
    ///   back is what the asking side gets
    public void connect(
            Link to,
            Headers open,
            UnaryOperator<Headers> answering,
            BiConsumer<StreamEnd, String> over) {
        answered = answering;
        // On the new stream's loop, so that none of its events comes before both halves are
        // complete.
        to.onLoop(() -> {
            boolean wasCut;
            synchronized (this) {
                wasCut = halvesOpen == 0;
                if (!wasCut) {
                    whenOver = over;
                }
            }
            if (wasCut) {
                over.accept(cutCause, cutMessage);
                return;
            }
            var opened = to.open(Distance.pass(asked.headers(), open), serving);
            serving.source = opened;
            asking.sink = opened;
            asked.listen(asking);
        });
    }

    /// Passes on nothing more of what the asking side sends; what the serving side says still
    /// arrives. For a stream that is about to be cut.
    public void mute() {
        muted = true;
    }

    /// Breaks both streams off.
    public void cut(StreamEnd cause, String message) {
        boolean connected;
        synchronized (this) {
            connected = whenOver != null;
            if (!connected && halvesOpen > 0) {
                halvesOpen = 0;
                cutCause = cause;
                cutMessage = message;
            }
        }
        if (!connected) {
            asked.reset(cause, message);
            return;
        }
        asking.breakOff(cause, message);
        serving.breakOff(cause, message);
    }

    /// Bytes that came from the side that asked.
    public long bytesUp() {
        return asking.bytes.get();
    }

    /// Bytes that came from the side that serves.
    public long bytesDown() {
        return serving.bytes.get();
    }

    private void halfOver(StreamEnd cause, String message) {
        BiConsumer<StreamEnd, String> over;
        synchronized (this) {
            if (halvesOpen == 0) {
                return;
            }
            halvesOpen = cause == StreamEnd.DONE ? halvesOpen - 1 : 0;
            over = whenOver;
            if (halvesOpen > 0 || over == null) {
                return;
            }
        }
        over.accept(cause, message);
    }

    /// Listens to one stream, its source, and sends to the other, its sink.
    private final class Half implements StreamListener {

        private final boolean asks;
        private final AtomicLong bytes = new AtomicLong();
        private volatile LinkStream source;
        private volatile LinkStream sink;

        /// Of the bytes passed on, those for which the source has been given credit.
        private long credited;

        private boolean endPassed;
        private boolean over;

        @SuppressWarnings(
                "NullAway.Init") // `connect` completes both halves before either hears of anything
        Half(boolean asks) {
            this.asks = asks;
        }

        @Override
        public void accepted(Headers answer) {
            sink.accept(answered.apply(answer));
        }

        @Override
        public void data(ByteBuf data) {
            int n = data.readableBytes();
            if (asks && muted) {
                data.release();
                source.consumed(n);
                return;
            }
            bytes.lazySet(bytes.get() + n);
            sink.write(data);
        }

        /// The far side of this half's source takes more at once: so may the near side of the sink.
        @Override
        public void granted(int window) {
            sink.window(window);
        }

        /// The far side of this half's source has consumed bytes, which the other half sent to it.
        @Override
        public void acknowledged(long consumed) {
            (asks ? serving : asking).giveCredit(consumed);
        }

        private void giveCredit(long consumed) {
            var loop = source.eventLoop();
            if (loop.inEventLoop()) {
                credit(consumed);
                return;
            }
            try {
                loop.execute(() -> credit(consumed));
            } catch (RejectedExecutionException e) {
                // The loop has ended, and the source with it.
            }
        }

        /// @param consumed at the far side of the sink, END counted as one
        private void credit(long consumed) {
            if (over) {
                return;
            }
            long passed = bytes.get();
            int n = (int) (Math.min(consumed, passed) - credited);
            if (n > 0) {
                credited += n;
                source.consumed(n);
            }
            if (endPassed && consumed > passed) {
                source.consumedEnd();
            }
        }

        @Override
        public boolean holdsEnd() {
            return true;
        }

        @Override
        public void ended() {
            endPassed = true;
            sink.end();
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            over = true;
            if (cause != StreamEnd.DONE) {
                // What the sink has, nobody will account for: it is reset too. A source that could
                // not be opened has brought nothing.
                int owed = (int) (bytes.get() - credited);
                if (owed > 0) {
                    source.consumed(owed);
                }
                sink.reset(cause, message);
            }
            halfOver(cause, message);
        }

        private void breakOff(StreamEnd cause, String message) {
            var stream = source;
            if (stream != null) {
                stream.reset(cause, message);
            }
        }
    }
}
