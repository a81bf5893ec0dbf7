package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A stream of a [Link]. All state belongs to the link's event loop, but for the one flag that
/// other threads read.
///
/// Sending: bytes wait in `outgoing` until the window and the turn in [SendQueue] allow a frame.
/// Receiving: bytes go straight to the listener; `consumed` counts those that have left this
/// process, and at a quarter of the window the other side is told, or a moment later where it is
/// less. [ReceiveWindow] says how large the window should be, and the link's memory how large it
/// may be.
///
/// END counts as one more byte in what is told. The stream is over when both directions have ended
/// and both ENDs are acknowledged: whoever hears [StreamEnd#DONE] knows that the other side has
/// everything.
final class MuxStream implements LinkStream {

    /// Above `HIGH` bytes waiting, a stream is not writable, until there are at most `LOW`.
    private static final int HIGH = 128 * 1024;

    private static final int LOW = 32 * 1024;

    /// A window that grows by less is not worth the frame that says so.
    private static final int LEAST_MORE = 16 * 1024;

    private final Link link;
    private final Headers headers;
    private @Nullable StreamListener listener;
    private int id;

    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
    private int outgoingBytes;
    private long sent;
    private long mayBeSent = LinkLimits.INITIAL_WINDOW;
    private int peerWindow = LinkLimits.INITIAL_WINDOW;

    /// What the other side has consumed of it, END counted as one.
    private long acknowledged;

    private boolean queued;

    /// Bytes that are left of this stream's turn in [SendQueue], which keeps it here.
    private int credit;

    /// After how many turns of all streams its own last one ended; also [SendQueue]'s.
    private long lastTurn = Long.MIN_VALUE / 2;

    private boolean endWanted;
    private boolean endSent;
    private volatile boolean writable = true;

    /// Bytes that other threads have written and that wait for the event loop: a loop that is busy
    /// must hold writers back as a full window does.
    private final AtomicInteger handed = new AtomicInteger();

    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
    private long received;
    private long consumed;
    private long consumedTold;
    private final ReceiveWindow window;

    /// What a relay wants in place of the measured window; 0 where this is no relay's.
    private int wantedWindow;

    private boolean endReceived;
    private boolean endDelivered;

    /// The listener has dealt with END, where it wants to say so itself.
    private boolean endConsumed;

    private boolean endTold;

    /// The link tells for it when it has waited for too long.
    private boolean waitsToTell;

    /// Since when something was consumed that the other side does not know of.
    private long untoldSince;

    /// Whether this side may send: at once where it opened the stream, else after it has accepted.
    private boolean answered;

    private boolean peerAnswered;
    private boolean begun;
    private boolean over;
    private StreamEnd overCause = StreamEnd.DONE;
    private String overMessage = "";

    MuxStream(Link link, Headers headers, @Nullable StreamListener listener) {
        this.link = link;
        this.headers = headers;
        this.listener = listener;
        this.window = new ReceiveWindow(link.limits().maxWindow());
        this.answered = listener != null;
        if (!answered) {
            window.distance(Distance.of(headers, link.leastRoundTrip()));
        }
    }

    int id() {
        return id;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public EventLoop eventLoop() {
        return link.loop();
    }

    /// Gives the stream its number; its first window was taken from the link's budget.
    void begin(int number) {
        id = number;
        begun = true;
    }

    void sendOpen() {
        link.send(
                Frames.headers(link.channel().alloc(), FrameType.OPEN, id, distanceTold(headers)));
        becomeReady();
    }

    private Headers distanceTold(Headers what) {
        return Distance.tell(what, link.leastRoundTrip());
    }

    // What this side's user does.

    @Override
    public void listen(StreamListener newListener) {
        link.onLoop(() -> {
            if (listener != null) {
                throw new IllegalStateException("the stream has a listener");
            }
            listener = newListener;
            deliverEarly(newListener);
        });
    }

    private void deliverEarly(StreamListener to) {
        boolean wasOver = over;
        for (var bytes = early.poll(); bytes != null; bytes = early.poll()) {
            to.data(bytes);
        }
        if (endReceived && !over) {
            deliverEnd(to);
        }
        if (wasOver) {
            to.closed(overCause, overMessage);
        }
    }

    @Override
    public void accept(Headers answer) {
        link.onLoop(() -> {
            if (!over && !answered) {
                answered = true;
                link.send(
                        Frames.headers(
                                link.channel().alloc(),
                                FrameType.ACCEPT,
                                id,
                                distanceTold(answer)));
                becomeReady();
            }
        });
    }

    @Override
    public void refuse(StreamEnd cause, String message) {
        link.onLoop(() -> {
            if (!over && !answered) {
                answered = true;
                tell(FrameType.REFUSE, cause, message);
                finish(cause, message);
            }
        });
    }

    @Override
    public void write(ByteBuf bytes) {
        if (link.loop().inEventLoop()) {
            writeNow(bytes);
            return;
        }
        int length = bytes.readableBytes();
        handed.addAndGet(length);
        boolean onItsWay =
                link.onLoop(() -> {
                    writeNow(bytes);
                    int left = handed.addAndGet(-length);
                    if (left <= HIGH && left + length > HIGH && writable && listener != null) {
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
        add(new Outgoing(bytes, 0, 0, false));
    }

    private void add(Outgoing more) {
        outgoing.add(more);
        outgoingBytes += more.bytes().readableBytes();
        becomeReady();
        if (outgoingBytes > HIGH) {
            writable = false;
        }
    }

    @Override
    public int lend(ByteBuf bytes) {
        var masks = link.masks();
        if (masks == null
                || over
                || endWanted
                || !link.loop().inEventLoop()
                || !DataFrames.canLend(bytes)) {
            return LinkStream.super.lend(bytes);
        }
        int key = masks.mask(bytes);
        add(new Outgoing(bytes.retainedDuplicate(), bytes.readerIndex(), key, true));
        return key;
    }

    @Override
    public void writeMasked(ByteBuf masked, int before, int key) {
        if (over || endWanted || !link.loop().inEventLoop()) {
            LinkStream.super.writeMasked(masked, before, key);
        } else {
            add(new Outgoing(masked, masked.readerIndex() - before, key, false));
        }
    }

    @Override
    public boolean isWritable() {
        return writable && handed.get() <= HIGH;
    }

    @Override
    public void end() {
        link.onLoop(() -> {
            if (!over && !endWanted) {
                endWanted = true;
                becomeReady();
            }
        });
    }

    @Override
    public void reset(StreamEnd cause, String message) {
        link.onLoop(() -> {
            if (!over) {
                if (begun) {
                    tell(answered ? FrameType.RESET : FrameType.REFUSE, cause, message);
                }
                finish(cause, message);
            }
        });
    }

    @Override
    public void consumed(int bytes) {
        link.onLoop(() -> consumedNow(bytes));
    }

    private void consumedNow(int bytes) {
        consumed += bytes;
        if (consumed > received) {
            throw new IllegalStateException("more consumed than was received");
        }
        if (over) {
            link.budget().giveBack(bytes);
        } else if (endReceived && consumed == received) {
            acknowledgeEnd();
        } else if (consumed - consumedTold >= window.untold()) {
            if (!endReceived) {
                resize();
            }
            tell();
        }
        if (consumed > consumedTold && !over) {
            if (consumed - bytes <= consumedTold) {
                untoldSince = link.now();
            }
            if (!waitsToTell) {
                waitsToTell = true;
                link.tellSoon(this);
            }
        }
    }

    private void tell() {
        consumedTold = consumed;
        link.send(Frames.window(link.channel().alloc(), id, consumed, window.size()));
    }

    /// Whether there is something that the other side does not know of.
    boolean hasUntold() {
        return !over && consumed > consumedTold;
    }

    /// Since when; only where there is something.
    long untoldSince() {
        return untoldSince;
    }

    /// Tells it, if there is something; the link looks after this stream no longer.
    void tellUntold() {
        waitsToTell = false;
        if (hasUntold()) {
            tell();
        }
    }

    @Override
    public void window(int bytes) {
        link.onLoop(() -> wantedWindow = bytes);
    }

    @Override
    public void consumedEnd() {
        link.onLoop(() -> {
            endConsumed = true;
            acknowledgeEnd();
        });
    }

    /// Tells that END is here and everything before it has left this process, once it has.
    private void acknowledgeEnd() {
        if (over || endTold || !endDelivered || listener == null || consumed < received) {
            return;
        }
        if (endConsumed || !listener.holdsEnd()) {
            endTold = true;
            consumedTold = consumed;
            link.send(Frames.window(link.channel().alloc(), id, consumed + 1, window.size()));
            finishWhenBothEnded();
        }
    }

    /// Makes the window as large as it should be. Credit that was given stays given, so it shrinks
    /// no faster than bytes are consumed.
    private void resize() {
        long limit = consumedTold + window.size();
        int wanted;
        if (wantedWindow > 0) {
            wanted = Math.min(wantedWindow, link.limits().maxWindow());
        } else {
            long now = link.now();
            window.granted(limit, now);
            wanted = window.wanted(consumed, now, link.company(now));
        }
        int more = (int) Math.max(wanted, limit - consumed) - window.size();
        if (more < 0) {
            link.budget().giveBack(-more);
            window.set(window.size() + more);
        }
        // What there is room for: with thousands of streams, less than each should have.
        for (; more >= LEAST_MORE; more /= 2) {
            if (link.budget().takeMore(more)) {
                window.set(window.size() + more);
                return;
            }
        }
    }

    // What the other side does.

    /// Takes a part of a DATA frame; owns the bytes.
    void received(ByteBuf bytes) {
        int n = bytes.readableBytes();
        if (endReceived || received + n > consumedTold + window.size()) {
            bytes.release();
            throw new ProtocolException(
                    endReceived
                            ? "DATA after END on stream " + id
                            : "DATA beyond the window of stream " + id);
        }
        received += n;
        if (window.waitsFor(received)) {
            window.arrived(link.now());
        }
        if (listener == null) {
            early.add(bytes);
        } else {
            listener.data(bytes);
        }
    }

    /// Takes a frame other than OPEN and DATA.
    void frame(FrameType type, ByteBuf payload) {
        switch (type) {
            case ACCEPT -> accepted(payload);
            case REFUSE, RESET -> broken(type, payload);
            case WINDOW -> granted(payload);
            case END -> ended(payload);
            default -> throw new IllegalStateException("not a frame of a stream: " + type);
        }
    }

    private void accepted(ByteBuf payload) {
        requireOpener(FrameType.ACCEPT);
        var answer = Headers.decode(payload);
        peerAnswered = true;
        window.distance(Distance.of(answer, link.leastRoundTrip()));
        if (listener != null) {
            listener.accepted(answer);
        }
    }

    private void requireOpener(FrameType type) {
        if (!link.opened(id) || peerAnswered) {
            throw new ProtocolException(type + " on stream " + id + " answers nothing");
        }
    }

    private void broken(FrameType type, ByteBuf payload) {
        if (type == FrameType.REFUSE) {
            requireOpener(type);
        }
        if (payload.readableBytes() < 2) {
            throw new ProtocolException(type + " has no cause");
        }
        var cause = StreamEnd.ofCode(payload.readUnsignedShort());
        finish(cause, Sentence.read(payload));
    }

    private void granted(ByteBuf payload) {
        if (payload.readableBytes() != 12) {
            throw new ProtocolException("WINDOW has " + payload.readableBytes() + " bytes, not 12");
        }
        long peerConsumed = payload.readLong();
        long granted = payload.readUnsignedInt();
        long upTo = peerConsumed + granted;
        long mayBeConsumed = endSent ? sent + 1 : sent;
        if (peerConsumed < acknowledged || peerConsumed > mayBeConsumed || upTo < mayBeSent) {
            throw new ProtocolException(
                    "WINDOW of stream " + id + " takes credit back or counts bytes never sent");
        }
        mayBeSent = upTo;
        becomeReady();
        if (granted != peerWindow && listener != null) {
            peerWindow = (int) Math.min(granted, Integer.MAX_VALUE);
            listener.granted(peerWindow);
        }
        if (peerConsumed > acknowledged) {
            acknowledged = peerConsumed;
            if (listener != null) {
                listener.acknowledged(peerConsumed);
            }
            finishWhenBothEnded();
        }
    }

    private void ended(ByteBuf payload) {
        if (payload.readableBytes() != 8) {
            throw new ProtocolException("END has " + payload.readableBytes() + " bytes, not 8");
        }
        long total = payload.readLong();
        if (endReceived || total != received) {
            throw new ProtocolException(
                    "END of stream " + id + " at " + total + ", but " + received + " bytes came");
        }
        endReceived = true;
        if (listener != null) {
            deliverEnd(listener);
        }
    }

    private void deliverEnd(StreamListener to) {
        endDelivered = true;
        to.ended();
        acknowledgeEnd();
    }

    // Sending, by turns.

    /// True when a frame could go out now, were it this stream's turn.
    boolean canSend() {
        if (over || !answered) {
            return false;
        }
        var first = outgoing.peek();
        if (first == null) {
            return endWanted && !endSent;
        }
        long left = mayBeSent - sent;
        // A part of a buffer costs two frames in place of one, and waits for no more than what the
        // other side tells next: a quarter of its window is consumed by then.
        return left >= Math.min(first.bytes().readableBytes(), LinkLimits.MAX_DATA)
                || (left > 0 && mayBeSent - acknowledged < 4L * LinkLimits.MAX_DATA);
    }

    private void becomeReady() {
        if (begun && !queued && canSend()) {
            queued = true;
            link.queue().enter(this);
        }
    }

    /// This stream is in the queue no longer.
    ///
    /// @param turn the number of the turn that it has had
    void left(long turn) {
        queued = false;
        lastTurn = turn;
    }

    long lastTurn() {
        return lastTurn;
    }

    int credit() {
        return credit;
    }

    void credit(int more) {
        credit += more;
    }

    /// Sends one frame, on credit; true when there was one.
    boolean sendOne() {
        if (!canSend()) {
            return false;
        }
        if (hasUntold() && link.mayTellAlong(untoldSince)) {
            tell();
        }
        var first = outgoing.peek();
        if (first == null) {
            endSent = true;
            credit -= FrameDecoder.HEADER;
            link.send(Frames.u64(link.channel().alloc(), FrameType.END, id, sent));
            return true;
        }
        int length = first.bytes().readableBytes();
        int n = (int) Math.min(Math.min(length, LinkLimits.MAX_DATA), mayBeSent - sent);
        sent += n;
        outgoingBytes -= n;
        credit -= FrameDecoder.HEADER + n;
        boolean whole = n == length;
        if (whole) {
            outgoing.poll();
        }
        if (whole && first.isLentWhole()) {
            DataFrames.writeLent(link.channel(), id, first.bytes(), first.key());
        } else {
            DataFrames.write(link.channel(), id, first.take(n, whole));
        }
        if (!writable && outgoingBytes <= LOW) {
            writable = true;
            if (listener != null) {
                listener.writable();
            }
        }
        return true;
    }

    // The end.

    private void tell(FrameType type, StreamEnd cause, String message) {
        link.send(Frames.causeAndText(link.channel().alloc(), type, id, cause.code(), message));
    }

    private void finishWhenBothEnded() {
        if (endSent && acknowledged > sent && endTold) {
            finish(StreamEnd.DONE, "");
        }
    }

    /// Closes without telling the other side, which knows or cannot be told.
    void closeLocally(StreamEnd cause, String message) {
        finish(cause, message);
    }

    private void finish(StreamEnd cause, String message) {
        if (over) {
            return;
        }
        over = true;
        overCause = cause;
        overMessage = message;
        writable = true;
        outgoing.forEach(one -> one.bytes().release());
        outgoing.clear();
        outgoingBytes = 0;
        if (begun) {
            link.forget(this);
            // Bytes that the listener still holds stay on the budget until it has consumed them.
            link.budget().giveBack(window.size() - (received - consumed));
        }
        if (listener != null) {
            listener.closed(cause, message);
        } else if (cause != StreamEnd.DONE) {
            dropEarly();
        }
    }

    private void dropEarly() {
        for (var bytes = early.poll(); bytes != null; bytes = early.poll()) {
            consumed += bytes.readableBytes();
            link.budget().giveBack(bytes.readableBytes());
            bytes.release();
        }
    }
}
