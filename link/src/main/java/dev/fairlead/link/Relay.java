package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/// Joins two streams, mostly of two links, into one: what arrives on one is sent on the other,
/// answers, ends and resets included, and credit is given back only while the other side takes
/// bytes.
///
/// The links may live on two event loops; each half runs on the loop of the stream that it listens
/// to.
public final class Relay {

    private final BiConsumer<StreamEnd, String> whenOver;
    private final Half asking;
    private final Half serving;
    private int halvesOpen = 2;

    private Relay(LinkStream asked, BiConsumer<StreamEnd, String> whenOver) {
        this.whenOver = whenOver;
        this.asking = new Half(true);
        this.serving = new Half(false);
        asking.source = asked;
        serving.sink = asked;
    }

    /// Joins a stream that the other side opened, and that nobody has answered, with one that is
    /// opened here.
    ///
    /// @param asked accepted or refused as the new stream is
    /// @param open the headers of the new stream
    /// @param whenOver called once, on an event loop: with [StreamEnd#DONE], or the cause of the
    ///   first break
    public static Relay join(
            LinkStream asked, Link to, Headers open, BiConsumer<StreamEnd, String> whenOver) {
        var relay = new Relay(asked, whenOver);
        // On the new stream's loop, so that none of its events comes before both halves are
        // complete.
        to.onLoop(() -> {
            var opened = to.open(open, relay.serving);
            relay.serving.source = opened;
            relay.asking.sink = opened;
            asked.listen(relay.asking);
        });
        return relay;
    }

    /// Breaks both streams off.
    public void cut(StreamEnd cause, String message) {
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
        synchronized (this) {
            if (halvesOpen == 0) {
                return;
            }
            halvesOpen = cause == StreamEnd.DONE ? halvesOpen - 1 : 0;
            if (halvesOpen > 0) {
                return;
            }
        }
        whenOver.accept(cause, message);
    }

    /// Listens to one stream, its source, and sends to the other, its sink.
    private final class Half implements StreamListener {

        private final boolean asks;
        private final AtomicLong bytes = new AtomicLong();
        private volatile LinkStream source;
        private volatile LinkStream sink;

        /// Bytes passed on while the sink was full, for which the source has not been given credit.
        private int owed;

        @SuppressWarnings(
                "NullAway.Init") // `join` completes both halves before either hears of anything
        Half(boolean asks) {
            this.asks = asks;
        }

        @Override
        public void accepted(Headers answer) {
            sink.accept(answer);
        }

        @Override
        public void data(ByteBuf data) {
            int n = data.readableBytes();
            bytes.lazySet(bytes.get() + n);
            sink.write(data);
            owed += n;
            pay();
        }

        /// The source takes bytes again: the other half, which sends to it, may ask for more.
        @Override
        public void writable() {
            var other = asks ? serving : asking;
            other.source.eventLoop().execute(other::pay);
        }

        private void pay() {
            if (owed > 0 && sink.isWritable()) {
                int n = owed;
                owed = 0;
                source.consumed(n);
            }
        }

        @Override
        public void ended() {
            sink.end();
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            if (cause != StreamEnd.DONE) {
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
