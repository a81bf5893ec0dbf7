package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/// Decides which stream's bytes go out next, and when the socket is flushed. Used on one event loop
/// only.
///
/// Streams take turns of [#QUANTUM] bytes, by deficit round robin. A stream that has had no turn
/// for a whole round of the others goes before them: so a keystroke passes a file transfer. One
/// that has goes behind them, also where it was empty in between: so no stream starves, and those
/// that are filled while they wait get no more than those that are always full. (Two lists as
/// FQ-CoDel has them, RFC 8290 section 4.2, with a stricter rule for who is new.) Frames of the
/// link itself (windows, pings, ends of streams that hold nothing) do not wait.
final class SendQueue {

    /// A stalled peer that makes this side answer without reading: beyond so much the link is given
    /// up.
    private static final long MAX_CONTROL_BACKLOG = 4 << 20;

    /// Bytes of one turn: one frame of a stream that has much, several of one that comes in pieces.
    private static final int QUANTUM = LinkLimits.MAX_DATA;

    private final Channel channel;
    private final Runnable givenUp;
    private final ArrayDeque<MuxStream> fresh = new ArrayDeque<>();
    private final ArrayDeque<MuxStream> busy = new ArrayDeque<>();

    /// How many turns have ended, of all streams.
    private long turns;

    private boolean flushPending;
    private boolean draining;
    private boolean closed;

    /// @param givenUp told when the link is given up
    SendQueue(Channel channel, Runnable givenUp) {
        this.channel = channel;
        this.givenUp = givenUp;
    }

    /// Sends a small frame now, ahead of what streams have waiting.
    void control(ByteBuf frame) {
        if (closed) {
            frame.release();
            return;
        }
        channel.write(frame);
        if (channel.bytesBeforeWritable() > MAX_CONTROL_BACKLOG) {
            closed = true;
            givenUp.run();
            channel.close();
            return;
        }
        flushSoon();
    }

    /// Enters a stream that has become able to send.
    void enter(MuxStream stream) {
        if (closed) {
            return;
        }
        stream.credit(QUANTUM - stream.credit());
        boolean waitedARound = turns - stream.lastTurn() > busy.size();
        (waitedARound ? fresh : busy).add(stream);
        drain();
    }

    /// Sends while the socket takes it.
    void drain() {
        if (draining || closed) {
            return;
        }
        draining = true;
        try {
            boolean sent = false;
            while (channel.isWritable()) {
                var from = fresh.isEmpty() ? busy : fresh;
                var stream = from.poll();
                if (stream == null) {
                    break;
                }
                sent |= turn(stream, from);
            }
            if (sent) {
                flushSoon();
            }
        } finally {
            draining = false;
        }
    }

    /// Lets a stream send a frame, and puts it where its next turn is.
    ///
    /// @param from the list in which it was first
    /// @return whether it had one
    private boolean turn(MuxStream stream, ArrayDeque<MuxStream> from) {
        if (stream.credit() <= 0) {
            stream.credit(QUANTUM);
            busy.add(stream);
            return false;
        }
        boolean sent = stream.sendOne();
        if (!stream.canSend()) {
            stream.left(++turns);
        } else if (stream.credit() > 0) {
            from.addFirst(stream);
        } else {
            turns++;
            busy.add(stream);
        }
        return sent;
    }

    /// Flushes after the events of this round of the loop, so that many small frames leave in one
    /// write.
    private void flushSoon() {
        if (!flushPending) {
            flushPending = true;
            channel.eventLoop().execute(this::flushNow);
        }
    }

    void flushNow() {
        flushPending = false;
        channel.flush();
        drain();
    }

    void close() {
        closed = true;
        fresh.clear();
        busy.clear();
    }
}
