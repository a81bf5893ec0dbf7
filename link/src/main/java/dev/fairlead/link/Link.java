package dev.fairlead.link;

import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection that carries many streams: the mux of `docs/protocol.md`, section Frames.
///
/// Everything of a link happens on the event loop of its channel; calls from other threads are
/// handed to it. Backpressure has three parts. Each receiver grants credit per stream, and more of
/// it only when bytes have left its process. A sender's streams wait in [SendQueue] while the
/// socket is full, and take turns when it is not, so that a keystroke never stands behind a file.
/// And all windows together stay within the link's memory, so a peer that reads nothing costs a
/// known amount.
public final class Link implements StreamOpener {

    /// Which side of the connection this is: it decides on whose account stream ids are odd.
    public enum Side {
        DIALER(1),
        ACCEPTOR(2);

        private final int firstStream;

        Side(int firstStream) {
            this.firstStream = firstStream;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /// Of its handler.
    private static final String NAME = "link";

    /// What was consumed is told at latest so much later, however little it is: two hops may have
    /// windows of different sizes, and a sender may keep what was not acknowledged.
    private static final long TELL_WITHIN = TimeUnit.MILLISECONDS.toNanos(25);

    /// What has waited so long is told along with bytes that leave for the other side anyway: where
    /// both sides talk, nobody is woken up to hear it.
    private static final long TELL_ALONG = TimeUnit.MILLISECONDS.toNanos(10);

    /// So long the link waits at least before it looks again who has something to tell.
    private static final long LOOK_AGAIN = TELL_WITHIN / 2;

    private final Channel channel;
    private final EventLoop loop;
    private final Side side;
    private final LinkLimits limits;
    private final StreamServer server;
    private final LinkListener listener;
    private final IntObjectMap<MuxStream> streams = new IntObjectHashMap<>();
    private final SendQueue queue;
    private final WindowBudget budget;
    private final RateLimit opens;
    private final RateLimit controls;

    /// Streams that have consumed bytes of which the other side does not know.
    private final ArrayDeque<MuxStream> untold = new ArrayDeque<>();

    /// Made once, because it is scheduled again and again.
    private final Runnable tellUntold = this::tellUntold;

    private boolean tellPlanned;
    private int nextId;
    private int lastPeerId;
    private int peerStreams;
    private boolean goingAway;
    private @Nullable GoneAway goneAway;
    private boolean ended;
    private long lastReceived;

    /// What masks the link's frames, where that is the next thing that happens to them; looked for
    /// when it is first wanted, because the handshake's handlers leave after the link has begun.
    private @Nullable WebSocketFrames masks;

    private boolean masksSought;

    private final Heard heard;
    private long nextPing;
    private volatile long roundTripNanos = -1;

    /// The least one that this dialer has measured: without what waited on the way.
    private long leastRoundTrip = -1;

    private Link(
            Channel channel,
            Side side,
            LinkLimits limits,
            @Nullable SharedMemory shared,
            StreamServer server,
            LinkListener listener) {
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.side = side;
        this.limits = limits;
        this.server = server;
        this.listener = listener;
        this.nextId = side.firstStream;
        this.queue = new SendQueue(channel, () -> listener.limited("unread"));
        this.budget = new WindowBudget(limits.linkMemory(), shared);
        this.opens = new RateLimit(limits.opensPerSecond());
        this.controls = new RateLimit(limits.controlsPerSecond());
        this.lastReceived = now();
        this.heard = new Heard(lastReceived);
        // At once, while nothing else is on the way: how far it is to the other side.
        this.nextPing = lastReceived;
    }

    /// Begins to speak frames on a channel whose two sides have proved themselves. Called on the
    /// channel's event loop; adds the last handler of its pipeline, below which `ByteBuf`s are the
    /// byte stream of the link.
    public static Link start(
            Channel channel,
            Side side,
            LinkLimits limits,
            StreamServer server,
            LinkListener listener) {
        return start(channel, side, limits, null, server, listener);
    }

    /// The same for a link whose windows count among those of others too.
    public static Link start(
            Channel channel,
            Side side,
            LinkLimits limits,
            @Nullable SharedMemory shared,
            StreamServer server,
            LinkListener listener) {
        LinkSocket.configure(channel);
        var link = new Link(channel, side, limits, shared, server, listener);
        channel.pipeline().addLast(NAME, link.new Handler());
        link.watch();
        return link;
    }

    @Override
    public LinkStream open(Headers headers, StreamListener listener) {
        var stream = new MuxStream(this, headers, listener);
        if (!onLoop(() -> openNow(stream))) {
            stream.closeLocally(StreamEnd.LINK_LOST, "the link is down");
        }
        return stream;
    }

    /// Tells the other side to dial anew after `wait`, and takes no new streams; those that are
    /// open go on.
    public void goAway(LinkEnd cause, Duration wait, String message) {
        onLoop(() -> {
            if (!ended && !goingAway) {
                goingAway = true;
                send(goAwayFrame(cause, wait, message));
            }
        });
    }

    /// Ends the link now; the other side is told why. Its streams are closed as
    /// [StreamEnd#CANCELLED] by [LinkEnd#CLOSED], as [StreamEnd#RIGHT_ENDED] where a right ended,
    /// else as [StreamEnd#LINK_LOST].
    public void close(LinkEnd cause, String message) {
        onLoop(() -> endNow(cause, message, true));
    }

    /// The last measured round trip; negative before the first.
    public Duration roundTrip() {
        return Duration.ofNanos(roundTripNanos);
    }

    /// What the windows of all streams of this link add up to, in bytes: the most that the other
    /// side can make this process hold.
    public long windowBytes() {
        return budget.taken();
    }

    public Channel channel() {
        return channel;
    }

    EventLoop loop() {
        return loop;
    }

    LinkLimits limits() {
        return limits;
    }

    /// What masks the link's frames; null where they are not masked, or encrypted before.
    @Nullable WebSocketFrames masks() {
        if (!masksSought) {
            masksSought = true;
            var names = channel.pipeline().names();
            int own = names.indexOf(NAME);
            if (own > 0
                    && channel.pipeline().get(names.get(own - 1)) instanceof WebSocketFrames below
                    && below.masks()) {
                masks = below;
            }
        }
        return masks;
    }

    SendQueue queue() {
        return queue;
    }

    WindowBudget budget() {
        return budget;
    }

    /// Runs it on the event loop; false where the loop has ended, and the link with it.
    boolean onLoop(Runnable action) {
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

    boolean isEnded() {
        return ended;
    }

    void send(ByteBuf frame) {
        queue.control(frame);
    }

    /// Has a stream tell what it consumed, a moment later and together with others. There is no
    /// timer while no stream has anything to tell.
    void tellSoon(MuxStream stream) {
        untold.add(stream);
        if (!tellPlanned) {
            planTelling(TELL_WITHIN);
        }
    }

    private void planTelling(long nanos) {
        tellPlanned = true;
        loop.schedule(tellUntold, nanos, TimeUnit.NANOSECONDS);
    }

    /// Tells what would be too old the next time, and plans that for those that have told
    /// meanwhile, along with bytes, and have something again.
    private void tellUntold() {
        tellPlanned = false;
        long now = now();
        long oldest = 0;
        for (int left = untold.size(); left > 0; left--) {
            var stream = untold.remove();
            long waits = stream.hasUntold() ? now - stream.untoldSince() : TELL_WITHIN;
            if (waits >= TELL_WITHIN - LOOK_AGAIN) {
                stream.tellUntold();
            } else {
                untold.add(stream);
                oldest = Math.max(oldest, waits);
            }
        }
        if (!untold.isEmpty()) {
            planTelling(Math.max(LOOK_AGAIN, TELL_WITHIN - oldest));
        }
    }

    /// Whether what was consumed since then should go with the bytes that are about to leave.
    boolean mayTellAlong(long untoldSince) {
        return now() - untoldSince >= TELL_ALONG;
    }

    /// Forgets a stream that is over on both sides.
    void forget(MuxStream stream) {
        if (streams.remove(stream.id()) == stream && isPeers(stream.id())) {
            peerStreams--;
        }
    }

    /// Bytes have come for a stream.
    private void heard(int id, int bytes) {
        if (heard.changes(id)) {
            heard.changed(id, now());
        }
        heard.brought(bytes);
    }

    /// What a stream that brings bytes has besides itself.
    Company company(long now) {
        return heard.company(now);
    }

    /// Whether this side opened the stream with this number.
    boolean opened(int id) {
        return !isPeers(id);
    }

    private boolean isPeers(int id) {
        return (id & 1) != (side.firstStream & 1);
    }

    private void openNow(MuxStream stream) {
        if (ended) {
            stream.closeLocally(StreamEnd.LINK_LOST, "the link is down");
        } else if (goingAway) {
            stream.closeLocally(StreamEnd.GOING_AWAY, "the link is being drained");
        } else if (nextId < 0) {
            stream.closeLocally(StreamEnd.LIMIT, "the link has used up its stream numbers");
            goAway(LinkEnd.GOING_AWAY, Duration.ZERO, "stream numbers are used up");
        } else if (!budget.take(LinkLimits.INITIAL_WINDOW)) {
            stream.closeLocally(StreamEnd.LIMIT, "the link's memory is taken up by other streams");
        } else {
            stream.begin(nextId);
            nextId += 2;
            streams.put(stream.id(), stream);
            stream.sendOpen();
        }
    }

    private void accept(int id, ByteBuf payload) {
        if (!isPeers(id) || id < 0 || id <= lastPeerId) {
            throw new ProtocolException(
                    "OPEN of stream " + Integer.toUnsignedString(id) + " is out of order");
        }
        if (!opens.allows()) {
            throw new LimitException(
                    "opens-per-second",
                    "more than " + limits.opensPerSecond() + " streams opened in a second");
        }
        lastPeerId = id;
        var headers = Headers.decode(payload);
        if (goingAway) {
            refuse(id, StreamEnd.GOING_AWAY, "this side is shutting down");
        } else if (peerStreams >= limits.maxStreams()) {
            listener.limited("streams");
            refuse(id, StreamEnd.LIMIT, "more than " + limits.maxStreams() + " streams are open");
        } else if (!budget.take(LinkLimits.INITIAL_WINDOW)) {
            listener.limited(budget.limit(LinkLimits.INITIAL_WINDOW));
            refuse(
                    id,
                    StreamEnd.LIMIT,
                    "the link's memory is taken up by streams that are not read");
        } else {
            var stream = new MuxStream(this, headers, null);
            stream.begin(id);
            streams.put(id, stream);
            peerStreams++;
            server.serve(stream);
        }
    }

    private void refuse(int id, StreamEnd cause, String message) {
        send(Frames.causeAndText(channel.alloc(), FrameType.REFUSE, id, cause.code(), message));
    }

    /// The stream that a frame is for; null where it was closed here before the other side knew.
    private @Nullable MuxStream find(FrameType type, int id) {
        var stream = streams.get(id);
        if (stream == null) {
            boolean known = isPeers(id) ? id > 0 && id <= lastPeerId : id > 0 && id < nextId;
            if (!known) {
                throw new ProtocolException(
                        type
                                + " on stream "
                                + Integer.toUnsignedString(id)
                                + ", which was never opened");
            }
        }
        return stream;
    }

    private void frame(FrameType type, int id, ByteBuf payload) {
        switch (type) {
            case OPEN -> accept(id, payload);
            case PING -> pong(payload);
            case PONG -> measured(payload);
            case GOAWAY -> goneAway(payload);
            case DATAGRAM, RESUME ->
                    throw new ProtocolException(type + " is not part of version 1");
            case ACCEPT, REFUSE, WINDOW, END, RESET -> {
                if (type == FrameType.RESET && !controls.allows()) {
                    throw new LimitException(
                            "controls-per-second",
                            "more than " + limits.controlsPerSecond() + " resets in a second");
                }
                var stream = find(type, id);
                if (stream != null) {
                    stream.frame(type, payload);
                }
            }
            case DATA -> throw new IllegalStateException("DATA is handed on in slices");
        }
    }

    private void data(int id, ByteBuf bytes) {
        MuxStream stream;
        try {
            stream = find(FrameType.DATA, id);
        } catch (ProtocolException e) {
            bytes.release();
            throw e;
        }
        if (stream == null) {
            bytes.release();
        } else {
            heard(id, bytes.readableBytes());
            stream.received(bytes);
        }
    }

    private void pong(ByteBuf payload) {
        if (payload.readableBytes() != 8) {
            throw new ProtocolException("PING has " + payload.readableBytes() + " bytes, not 8");
        }
        if (!controls.allows()) {
            throw new LimitException(
                    "controls-per-second",
                    "more than " + limits.controlsPerSecond() + " pings in a second");
        }
        send(Frames.u64(channel.alloc(), FrameType.PONG, 0, payload.readLong()));
    }

    private void measured(ByteBuf payload) {
        if (payload.readableBytes() != 8) {
            throw new ProtocolException("PONG has " + payload.readableBytes() + " bytes, not 8");
        }
        long nanos = now() - payload.readLong();
        if (nanos >= 0 && nanos < limits.deadAfter().toNanos()) {
            roundTripNanos = nanos;
            leastRoundTrip = leastRoundTrip < 0 ? nanos : Math.min(leastRoundTrip, nanos);
        }
    }

    private void goneAway(ByteBuf payload) {
        if (payload.readableBytes() < 6) {
            throw new ProtocolException(
                    "GOAWAY has " + payload.readableBytes() + " bytes, less than 6");
        }
        var cause = LinkEnd.ofCode(payload.readUnsignedShort());
        var wait = Duration.ofMillis(payload.readUnsignedInt());
        String message = Sentence.read(payload);
        goingAway = true;
        goneAway = new GoneAway(cause, message);
        listener.goingAway(cause, message, wait);
    }

    /// Looks after liveness: the dialling side asks, both sides notice silence. Wakes exactly when
    /// something is due, so that a dead peer is known at `deadAfter` and no later.
    private void watch() {
        long now = now();
        long untilDead = lastReceived + limits.deadAfter().toNanos() - now;
        if (untilDead <= 0) {
            endNow(
                    LinkEnd.DEAD_PEER,
                    "nothing came for " + limits.deadAfter().toSeconds() + " s",
                    false);
            return;
        }
        long wait = untilDead;
        if (side == Side.DIALER) {
            if (now - nextPing >= 0) {
                send(Frames.u64(channel.alloc(), FrameType.PING, 0, now));
                nextPing = now + jitteredPing();
            }
            wait = Math.min(wait, nextPing - now);
        }
        loop.schedule(
                () -> {
                    if (!ended) {
                        watch();
                    }
                },
                wait,
                TimeUnit.NANOSECONDS);
    }

    /// Of this link, in nanoseconds; negative where it is not known, as on the accepting side.
    long leastRoundTrip() {
        return leastRoundTrip;
    }

    /// The pause between pings, give or take a quarter.
    private long jitteredPing() {
        long step = limits.ping().toNanos();
        return step - step / 4 + ThreadLocalRandom.current().nextLong(step / 2 + 1);
    }

    long now() {
        return loop.ticker().nanoTime();
    }

    private ByteBuf goAwayFrame(LinkEnd cause, Duration wait, String message) {
        return Frames.goAway(channel.alloc(), cause.code(), wait.toMillis(), message);
    }

    private void endNow(LinkEnd cause, String message, boolean tell) {
        if (ended) {
            return;
        }
        ended = true;
        if (tell && channel.isActive()) {
            send(goAwayFrame(cause, Duration.ZERO, message));
            queue.flushNow();
        }
        queue.close();
        var end = cause.ofStreams();
        String why = end == StreamEnd.LINK_LOST ? "the link was lost: " + message : message;
        for (var stream : new ArrayList<>(streams.values())) {
            stream.closeLocally(end, why);
        }
        streams.clear();
        budget.leaveShared();
        channel.close();
        listener.ended(cause, message);
    }

    /// The connection is gone: for the reason that the other side gave, where it gave one.
    private void lost(String message) {
        var told = goneAway;
        if (told == null) {
            endNow(LinkEnd.CONNECTION_LOST, message, false);
        } else {
            endNow(told.cause, told.message, false);
        }
    }

    /// What the other side said when it took its leave: the reason for the end that follows.
    private record GoneAway(LinkEnd cause, String message) {}

    /// Broke a limit, not a rule.
    private static final class LimitException extends RuntimeException {
        private final String limit;
        private final String sentence;

        LimitException(String limit, String sentence) {
            super(sentence);
            this.limit = limit;
            this.sentence = sentence;
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {

        private final FrameDecoder decoder =
                new FrameDecoder(
                        limits.maxHeaders(),
                        new FrameDecoder.Sink() {
                            @Override
                            public void data(int stream, ByteBuf bytes) {
                                Link.this.data(stream, bytes);
                            }

                            @Override
                            public void frame(FrameType type, int stream, ByteBuf payload) {
                                Link.this.frame(type, stream, payload);
                            }
                        });

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var bytes = (ByteBuf) message;
            try {
                if (!ended) {
                    lastReceived = now();
                    decoder.feed(bytes);
                }
            } catch (ProtocolException e) {
                log.debug("{}: {}", channel, e.rule());
                endNow(LinkEnd.PROTOCOL_ERROR, e.rule(), true);
            } catch (LimitException e) {
                listener.limited(e.limit);
                endNow(LinkEnd.LIMIT, e.sentence, true);
            } finally {
                bytes.release();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (channel.isWritable()) {
                queue.drain();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            lost("the connection was closed");
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            decoder.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof java.io.IOException
                    || cause instanceof io.netty.handler.codec.DecoderException) {
                log.debug("{}: connection broke", channel, cause);
                lost("the connection broke: " + cause.getMessage());
            } else {
                log.error("{}: link failed", channel, cause);
                endNow(LinkEnd.INTERNAL, "internal error", true);
            }
        }
    }
}
