package dev.fairlead.link.resume;

import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.StreamOpener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A stream that lives through a succession of links.
///
/// It is carried by one stream of a link at a time, its [Carrier]. Offsets in this class count from
/// the beginning of the stream; each carrier counts from 0. Sending: what was written is in [Kept]
/// until the other side has acknowledged it, and goes out anew from where the other side says that
/// it stands. Receiving: bytes and the end go to the listener once, whichever carrier brings them.
/// Both sides end each carrier anew after they have ended, so that a carrier that is
/// [done][StreamEnd#DONE] means that the stream is.
///
/// To its user it is any [LinkStream]: while it is cut off it is not writable for long, and nothing
/// comes. All state belongs to one event loop, that of its first carrier's link; carriers may live
/// on others.
public final class ResumableStream implements LinkStream {

    /// So much a stream may keep although the process's budget is full.
    static final int SPARE = 64 * 1024;

    /// So much a stream takes while it is cut off, where nothing else is said.
    static final int TAKEN_CUT_OFF = 128 * 1024;

    /// In the place of an offset: from the oldest byte on that the serving side keeps.
    static final long OLDEST = Long.MAX_VALUE;

    static final String OLDEST_WORD = "oldest";

    static final String ID = "resume-id";
    static final String AT = "resume-at";
    static final String FROM = "resume-from";
    static final String MILLIS = "resume-ms";
    static final String SESSION = "session";

    /// Who opens or serves the stream, and looks after it while it is cut off; called on the loop.
    interface Keeper {

        /// The carrier was lost.
        void cutOff(ResumableStream stream, String why);

        /// This side, which opened the stream, was not let go on.
        void refused(ResumableStream stream, StreamEnd cause, String message);

        /// Both sides go on.
        void resumed(ResumableStream stream);

        /// The stream is over.
        void over(ResumableStream stream, StreamEnd cause, String message);
    }

    private final EventLoop loop;
    private final Keeper keeper;
    private Headers headers;
    private final boolean opens;
    private final ResumeBudget budget;
    private final Kept kept;
    private final int takenCutOff;
    private @Nullable StreamListener listener;
    private @Nullable Carrier carrier;

    private boolean accepted;
    private boolean endWanted;

    /// Bytes on their way to the loop from other threads.
    private final AtomicInteger handed = new AtomicInteger();

    private volatile boolean writable = true;

    private long received;
    private boolean endReceived;

    /// Bytes that lost carriers brought and the listener has not consumed.
    private long heldOver;

    /// How long the stream is kept cut off; none: it is not resumable.
    private @Nullable Duration within;

    private @Nullable String session;
    private @Nullable Future<?> deadline;

    /// For the keeper: how often it has tried since the stream was cut off, and whether it will.
    int tries;

    boolean willTry;

    private boolean over;
    private StreamEnd overCause = StreamEnd.DONE;
    private String overMessage = "";

    private ResumableStream(
            EventLoop loop,
            Keeper keeper,
            ResumeBudget budget,
            Headers headers,
            boolean opens,
            @Nullable StreamListener listener,
            @Nullable Duration within,
            int takenCutOff) {
        this.loop = loop;
        this.keeper = keeper;
        this.budget = budget;
        this.headers = headers;
        this.opens = opens;
        this.kept = new Kept(budget);
        this.listener = listener;
        this.within = within;
        this.takenCutOff = takenCutOff;
    }

    /// A stream that this side opens, by [#begin].
    ///
    /// @param within how long an unanswered stream may be cut off; the answer says it anew
    static ResumableStream opening(
            EventLoop loop,
            Keeper keeper,
            ResumeBudget budget,
            Headers headers,
            StreamListener listener,
            Duration within) {
        return new ResumableStream(
                loop, keeper, budget, headers, true, listener, within, TAKEN_CUT_OFF);
    }

    /// A stream that the other side opened.
    static ResumableStream serving(
            EventLoop loop,
            Keeper keeper,
            ResumeBudget budget,
            LinkStream first,
            ServeResumable.Keeping keeping) {
        var stream =
                new ResumableStream(
                        loop,
                        keeper,
                        budget,
                        first.headers(),
                        false,
                        null,
                        keeping.within(),
                        keeping.taken());
        var carrier = stream.new Carrier(null, 0);
        carrier.stream = first;
        carrier.ready = true;
        stream.carrier = carrier;
        return stream;
    }

    // What the keeper does, on the loop.

    /// Opens it, the first time or afresh.
    ///
    /// @param id a new one each time: an earlier OPEN may still be on its way
    void begin(StreamOpener on, String id) {
        if (over) {
            return;
        }
        headers = headers.with(ID, id);
        var first = new Carrier(on, 0);
        carrier = first;
        first.stream = on.open(headers, first);
        if (carrier == first) {
            first.sendKept();
        }
    }

    /// Goes on over this link, which may be another one while the old one is still there.
    void resume(StreamOpener on) {
        if (over) {
            return;
        }
        leaveCarrier("moved to another link");
        var next = new Carrier(on, kept.from());
        carrier = next;
        next.stream = on.open(Objects.requireNonNull(resuming()), next);
    }

    /// Goes on over a stream with which the other side resumes.
    ///
    /// @param said what the other side has received; [#OLDEST] where it has nothing of the stream,
    ///   and takes what there is
    /// @return false where that cannot be; nothing has changed then
    boolean resume(LinkStream asked, long said) {
        long at = said == OLDEST ? kept.from() : said;
        if (over || !mayGoOnFrom(at)) {
            return false;
        }
        leaveCarrier("resumed over another link");
        var next = new Carrier(null, 0);
        next.stream = asked;
        carrier = next;
        // Says where this side stands before anything more can come.
        asked.accept(
                Headers.of(
                        AT,
                        Long.toString(standsAt()),
                        FROM,
                        Long.toString(at),
                        MILLIS,
                        Long.toString(Objects.requireNonNull(within).toMillis())));
        if (said == OLDEST && listener != null) {
            listener.afresh();
        }
        asked.listen(next);
        if (carrier == next) {
            goOn(next, at);
        }
        return true;
    }

    /// Ends it, as if its user had reset it.
    void end(StreamEnd cause, String message) {
        resetNow(cause, message);
    }

    boolean isCutOff() {
        return carrier == null && !over;
    }

    /// The link that carries it, where this side opened it.
    @Nullable StreamOpener link() {
        return carrier == null ? null : carrier.link;
    }

    boolean isAccepted() {
        return accepted;
    }

    /// False where the other side keeps nothing.
    boolean isResumable() {
        return within != null;
    }

    /// Whether nothing carries it, over or not.
    boolean isUnattached() {
        return carrier == null;
    }

    /// The OPEN that resumes it; null where it cannot be resumed.
    @Nullable Headers resuming() {
        return accepted && within != null && session != null
                ? headers.with(SESSION, session).with(AT, Long.toString(standsAt()))
                : null;
    }

    boolean hasWritten() {
        return kept.to() > 0;
    }

    /// What was written and received in all; END counted as one.
    long sentInAll() {
        return kept.to() + (endWanted ? 1 : 0);
    }

    long standsAt() {
        return received + (endReceived ? 1 : 0);
    }

    // What its user does.

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void listen(StreamListener newListener) {
        onLoop(() -> {
            if (listener != null) {
                throw new IllegalStateException("the stream has a listener");
            }
            listener = newListener;
            if (over) {
                newListener.closed(overCause, overMessage);
            } else if (carrier != null) {
                carrier.stream().listen(carrier);
            }
        });
    }

    @Override
    public void accept(Headers answer) {
        onLoop(() -> {
            var on = carrier;
            if (over || on == null) {
                return;
            }
            accepted = true;
            on.stream()
                    .accept(
                            answer.with(
                                    MILLIS,
                                    Long.toString(Objects.requireNonNull(within).toMillis())));
        });
    }

    @Override
    public void refuse(StreamEnd cause, String message) {
        onLoop(() -> {
            if (!over && carrier != null) {
                carrier.stream().refuse(cause, message);
                finish(cause, message);
            }
        });
    }

    @Override
    public void write(ByteBuf bytes) {
        if (loop.inEventLoop()) {
            writeNow(bytes);
            return;
        }
        int length = bytes.readableBytes();
        handed.addAndGet(length);
        boolean onItsWay =
                onLoop(() -> {
                    writeNow(bytes);
                    int left = handed.addAndGet(-length);
                    if (left <= TAKEN_CUT_OFF
                            && left + length > TAKEN_CUT_OFF
                            && writable
                            && listener != null) {
                        listener.writable();
                    }
                });
        if (!onItsWay) {
            bytes.release();
        }
    }

    private void writeNow(ByteBuf bytes) {
        if (over || endWanted || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        var on = carrier;
        kept.keep(bytes, on != null && on.ready ? on.stream() : null);
        if (writable && !takesMore()) {
            writable = false;
        }
    }

    @Override
    public boolean isWritable() {
        return writable && handed.get() <= TAKEN_CUT_OFF;
    }

    private boolean takesMore() {
        var on = carrier;
        if (over) {
            return true;
        }
        if (on == null || !on.ready) {
            return kept.bytes() <= Math.min(takenCutOff, TAKEN_CUT_OFF)
                    || (kept.bytes() <= takenCutOff && !budget.isFull());
        }
        return on.stream().isWritable() && (kept.bytes() <= SPARE || !budget.isFull());
    }

    private void tellWritable() {
        boolean now = takesMore();
        if (now != writable) {
            writable = now;
            if (now && listener != null) {
                listener.writable();
            }
        }
    }

    @Override
    public void end() {
        onLoop(() -> {
            if (!over && !endWanted) {
                endWanted = true;
                if (carrier != null && carrier.ready) {
                    carrier.stream().end();
                }
            }
        });
    }

    @Override
    public void reset(StreamEnd cause, String message) {
        onLoop(() -> resetNow(cause, message));
    }

    private void resetNow(StreamEnd cause, String message) {
        if (!over) {
            var on = carrier;
            finish(cause, message);
            if (on != null) {
                on.stream().reset(cause, message);
            }
        }
    }

    @Override
    public void consumed(int bytes) {
        onLoop(() -> consumedNow(bytes));
    }

    private void consumedNow(int bytes) {
        int before = (int) Math.min(heldOver, bytes);
        if (before > 0) {
            heldOver -= before;
            budget.giveBack(before);
        }
        int now = bytes - before;
        if (now > 0) {
            var on = carrier;
            if (on == null) {
                throw new IllegalStateException("more consumed than was received");
            }
            on.consumed += now;
            on.stream().consumed(now);
        }
        acknowledgeEnd();
    }

    /// END is dealt with when the listener has heard it and has consumed all before it, whichever
    /// carrier brought it.
    private void acknowledgeEnd() {
        var on = carrier;
        if (on != null && on.ended && heldOver == 0 && on.consumed == on.received) {
            on.stream().consumedEnd();
        }
    }

    // The succession of carriers.

    private boolean mayGoOnFrom(long at) {
        return at >= kept.from() && at <= sentInAll();
    }

    /// Sends what the other side has not received.
    private void goOn(Carrier on, long at) {
        kept.acknowledged(Math.min(at, kept.to()));
        on.begins = kept.from();
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        on.sendKept();
        tellWritable();
        keeper.resumed(this);
    }

    /// Forgets the carrier; the listener accounts for what it has brought when it will.
    private void forgetCarrier() {
        var lost = Objects.requireNonNull(carrier);
        carrier = null;
        long held = lost.received - lost.consumed;
        if (held > 0) {
            heldOver += held;
            budget.take(held);
            lost.stream().consumed((int) held);
        }
    }

    private void leaveCarrier(String why) {
        var old = carrier;
        if (old != null) {
            forgetCarrier();
            old.stream().reset(StreamEnd.LINK_LOST, why);
        }
    }

    private void lost(String why) {
        forgetCarrier();
        if (within == null || (heldOver > SPARE && budget.isFull())) {
            finish(StreamEnd.LINK_LOST, why);
            return;
        }
        startDeadline();
        tellWritable();
        if (isCutOff()) {
            keeper.cutOff(this, why);
        }
    }

    private void startDeadline() {
        var time = within;
        if (deadline == null && time != null) {
            deadline = loop.schedule(() -> tooLate(time), time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tooLate(Duration time) {
        if (!over) {
            leaveCarrier("too late");
            finish(
                    StreamEnd.LINK_LOST,
                    "the link was lost, and not back within " + time.toSeconds() + " s");
        }
    }

    private void finish(StreamEnd cause, String message) {
        if (over) {
            return;
        }
        over = true;
        overCause = cause;
        overMessage = message;
        writable = true;
        kept.drop();
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        keeper.over(this, cause, message);
        if (listener != null) {
            listener.closed(cause, message);
        }
    }

    private boolean onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
            return true;
        }
        try {
            loop.execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private StreamListener listener() {
        return Objects.requireNonNull(listener);
    }

    /// One stream of a link under this one. Once it is no longer the current one, nothing that it
    /// says counts.
    private final class Carrier implements StreamListener {

        private final @Nullable StreamOpener link;
        private @Nullable LinkStream stream;

        /// Offset of the first byte that was sent on it.
        private long begins;

        /// Whether both sides know where to go on.
        private boolean ready;

        private long received;
        private long consumed;
        private boolean ended;

        Carrier(@Nullable StreamOpener link, long begins) {
            this.link = link;
            this.begins = begins;
        }

        LinkStream stream() {
            return Objects.requireNonNull(stream);
        }

        private boolean isCurrent() {
            return carrier == this && !over;
        }

        void sendKept() {
            ready = true;
            kept.again(stream());
            if (endWanted) {
                stream().end();
            }
        }

        @Override
        public void accepted(Headers answer) {
            onLoop(() -> {
                if (!isCurrent()) {
                    return;
                }
                try {
                    if (ready) {
                        acceptedFirst(answer);
                    } else {
                        acceptedAgain(answer);
                    }
                } catch (ProtocolException e) {
                    resetNow(StreamEnd.PROTOCOL_ERROR, e.rule());
                }
            });
        }

        private void acceptedFirst(Headers answer) {
            accepted = true;
            var millis = answer.text(MILLIS);
            session = answer.text(SESSION);
            if (millis == null || session == null) {
                within = null;
                kept.stop();
            } else {
                within = Duration.ofMillis(number(MILLIS, millis));
            }
            if (deadline != null) {
                deadline.cancel(false);
                deadline = null;
                keeper.resumed(ResumableStream.this);
            }
            listener().accepted(answer);
        }

        private void acceptedAgain(Headers answer) {
            long at = number(AT, answer.need(AT));
            if (!mayGoOnFrom(at)) {
                throw new ProtocolException("resumed at a byte that is not kept");
            }
            goOn(this, at);
        }

        @Override
        public void data(ByteBuf bytes) {
            if (loop.inEventLoop()) {
                dataNow(bytes);
            } else if (!onLoop(() -> dataNow(bytes))) {
                bytes.release();
            }
        }

        private void dataNow(ByteBuf bytes) {
            int length = bytes.readableBytes();
            if (!isCurrent() || endReceived) {
                bytes.release();
                stream().consumed(length);
                if (isCurrent()) {
                    resetNow(StreamEnd.PROTOCOL_ERROR, "bytes after the end of the stream");
                }
                return;
            }
            received += length;
            ResumableStream.this.received += length;
            listener().data(bytes);
        }

        @Override
        public boolean holdsEnd() {
            return true;
        }

        @Override
        public void ended() {
            onLoop(() -> {
                if (!isCurrent()) {
                    return;
                }
                ended = true;
                if (!endReceived) {
                    endReceived = true;
                    listener().ended();
                }
                acknowledgeEnd();
            });
        }

        @Override
        public void acknowledged(long consumed) {
            onLoop(() -> {
                if (isCurrent()) {
                    long at = begins + consumed;
                    kept.acknowledged(Math.min(at, kept.to()));
                    listener().acknowledged(at);
                    if (!writable && carrier == this) {
                        tellWritable();
                    }
                }
            });
        }

        @Override
        public void writable() {
            onLoop(() -> {
                if (isCurrent()) {
                    tellWritable();
                }
            });
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            onLoop(() -> closedNow(cause, message));
        }

        private void closedNow(StreamEnd cause, String message) {
            if (!isCurrent()) {
                return;
            }
            if (opens && !ready) {
                forgetCarrier();
                startDeadline();
                keeper.refused(ResumableStream.this, cause, message);
            } else if (cause == StreamEnd.LINK_LOST && mayLive()) {
                lost(message);
            } else {
                finish(cause, message);
            }
        }

        /// The serving side keeps what it has accepted; the opening side may have to open afresh.
        private boolean mayLive() {
            return opens || accepted;
        }
    }

    static long number(String name, String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProtocolException("header " + name + " is not a number");
    }
}
