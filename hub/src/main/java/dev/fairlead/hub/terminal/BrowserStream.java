package dev.fairlead.hub.terminal;

import dev.fairlead.hub.access.TerminalStream;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// A page's end of a terminal's stream, for as long as its WebSocket lasts; to who serves it, any
/// stream that somebody has opened.
///
/// Output counts as consumed when the page says that it has shown it, so that the node keeps what
/// has not been seen, whatever becomes of page, socket and hub. Input is passed on, and the page
/// hears how much of it the node has.
///
/// All state belongs to the connection's event loop. Offsets are those of the terminal, from its
/// beginning, END not counted.
final class BrowserStream implements LinkStream {

    /// What may be on its way.
    ///
    /// @param output to the page
    /// @param input to the node; a page stops at half of it
    record Amounts(int output, int input) {

        /// Enough for speed, and so little that Ctrl-C is heard at once.
        static final Amounts TERMINAL = new Amounts(256 * 1024, 128 * 1024);

        static final Amounts COPY = new Amounts(4 << 20, 4 << 20);
    }

    /// The page, told on the event loop.
    interface Page {

        void attached(TerminalStream.Offsets offsets);

        /// Owns the bytes.
        void output(ByteBuf bytes);

        /// The node has all input up to this offset.
        void inputTaken(long upTo);

        /// It is over for this page; called once.
        void over(StreamEnd cause, String message);
    }

    private final EventLoop loop;
    private final Headers headers;
    private final Amounts amounts;
    private final Page page;
    private @Nullable StreamListener listener;
    private boolean attached;
    private long from;
    private long sent;
    private long seen;
    private long typed;
    private long taken;
    private boolean ended;
    private boolean endSeen;
    private @Nullable StreamEnd over;
    private String overMessage = "";

    /// @param headers of the OPEN
    BrowserStream(EventLoop loop, Headers headers, Amounts amounts, Page page) {
        this.loop = loop;
        this.headers = headers;
        this.amounts = amounts;
        this.page = page;
    }

    // What the page does, on the loop.

    /// Passes input on.
    void type(byte[] bytes) {
        if (over != null) {
            return;
        }
        typed += bytes.length;
        if (typed - taken > amounts.input()) {
            finish(
                    StreamEnd.LIMIT,
                    "more than "
                            + amounts.input() / 1024
                            + " KiB were typed before the node took them");
            return;
        }
        heard().data(Unpooled.wrappedBuffer(bytes));
    }

    /// The page has shown all output up to this offset.
    ///
    /// @throws ProtocolException where it never got that
    void seen(long upTo) {
        if (over != null) {
            return;
        }
        if (upTo < seen || upTo > sent) {
            throw new ProtocolException("output up to " + upTo + " is acknowledged, not sent");
        }
        if (upTo > seen) {
            seen = upTo;
            heard().acknowledged(seen - from);
        }
        endIfSeen();
    }

    boolean isAttached() {
        return attached;
    }

    /// The page has gone.
    ///
    /// @param cause `LINK_LOST` where the terminal waits for it, or another page
    void leave(StreamEnd cause, String message) {
        if (over == null) {
            over = cause;
            overMessage = message;
            if (listener != null) {
                listener.closed(cause, message);
            }
        }
    }

    /// Both directions end: the node's with all that the page has seen, the page's with the shell.
    private void endIfSeen() {
        if (ended && !endSeen && seen == sent) {
            endSeen = true;
            heard().acknowledged(sent - from + 1);
            heard().ended();
        }
    }

    private StreamListener heard() {
        var heard = listener;
        if (heard == null) {
            throw new IllegalStateException("nobody serves the terminal yet");
        }
        return heard;
    }

    // What whoever serves it does.

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
            listener = newListener;
            if (over != null) {
                newListener.closed(over, overMessage);
            }
        });
    }

    @Override
    public void accept(Headers answer) {
        onLoop(() -> {
            if (over != null) {
                return;
            }
            var offsets = TerminalStream.Offsets.of(answer);
            from = offsets.from();
            sent = from;
            seen = from;
            typed = offsets.taken();
            taken = typed;
            attached = true;
            page.attached(offsets);
            heard().granted(amounts.output());
        });
    }

    @Override
    public void refuse(StreamEnd cause, String message) {
        reset(cause, message);
    }

    @Override
    public void write(ByteBuf bytes) {
        boolean onItsWay =
                onLoop(() -> {
                    if (over != null) {
                        bytes.release();
                        return;
                    }
                    sent += bytes.readableBytes();
                    page.output(bytes);
                });
        if (!onItsWay) {
            bytes.release();
        }
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void end() {
        onLoop(() -> {
            ended = true;
            if (over == null) {
                endIfSeen();
            }
        });
    }

    @Override
    public void reset(StreamEnd cause, String message) {
        onLoop(() -> finish(cause, message));
    }

    private void finish(StreamEnd cause, String message) {
        if (over == null) {
            leave(cause, message);
            page.over(cause, message);
        }
    }

    @Override
    public void consumed(int bytes) {
        onLoop(() -> {
            taken += bytes;
            if (over == null) {
                page.inputTaken(taken);
            }
        });
    }

    /// The node knows that the page has seen everything.
    @Override
    public void consumedEnd() {
        onLoop(() -> {
            if (endSeen) {
                finish(StreamEnd.DONE, "");
            }
        });
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
}
