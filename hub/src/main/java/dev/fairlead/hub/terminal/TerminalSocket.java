package dev.fairlead.hub.terminal;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.access.TerminalStream;
import dev.fairlead.hub.http.Json;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket of a page that shows a terminal: the messages of `docs/protocol.md`, section
/// Terminals, on the one side, and a [BrowserStream] on the other. All of it on the connection's
/// event loop.
final class TerminalSocket implements BrowserStream.Page {

    private static final Logger log = LoggerFactory.getLogger(TerminalSocket.class);

    /// To send the first message.
    static final Duration FIRST_MESSAGE = Duration.ofSeconds(10);

    /// A page says something every 10 s.
    static final Duration SILENCE = Duration.ofSeconds(30);

    /// Why a page gets no further: no cause of a stream's, since there is none.
    private static final String BAD_TICKET = "bad-ticket";

    private static final String TAKEN_OVER = "taken-over";

    private static final int MOST_GATHERED = 32 * 1024;
    private static final short CLOSED = 1000;

    private final ServerWebSocket socket;
    private final Context context;
    private final EventLoop loop;
    private final Terminals terminals;
    private final Supplier<Optional<Principal>> who;
    private final String address;
    private final long watch;
    private long lastHeard = System.nanoTime();
    private boolean asked;
    private @Nullable BrowserStream stream;
    private Tickets.@Nullable Ticket ticket;
    private Buffer gathered = Buffer.buffer();
    private boolean flushes;
    private boolean closed;

    /// @param who asks whose sign-in the request came with; may block
    TerminalSocket(
            ServerWebSocket socket,
            Context context,
            EventLoop loop,
            Terminals terminals,
            Supplier<Optional<Principal>> who,
            String address) {
        this.socket = socket;
        this.context = context;
        this.loop = loop;
        this.terminals = terminals;
        this.who = who;
        this.address = address;
        this.watch =
                context.owner().setPeriodic(FIRST_MESSAGE.toMillis(), _ -> onLoop(this::isSilent));
    }

    /// Listens to the page.
    void begin() {
        socket.textMessageHandler(this::text);
        socket.binaryMessageHandler(this::binary);
        socket.exceptionHandler(e -> log.debug("A terminal's socket failed", e));
        socket.closeHandler(_ -> gone());
    }

    private void isSilent() {
        long silence = System.nanoTime() - lastHeard;
        if (!asked && silence >= FIRST_MESSAGE.toNanos() / 2) {
            end("protocol-error", "the first message did not come in time", false);
        } else if (silence >= SILENCE.toNanos()) {
            // Nobody may be there to hear it.
            end(StreamEnd.LINK_LOST.label(), "nothing was heard of the page", true);
            gone();
        }
    }

    // What the page says.

    private void text(String text) {
        lastHeard = System.nanoTime();
        try {
            switch (PageMessage.parse(text)) {
                case PageMessage.Attach attach -> attach(attach);
                case PageMessage.Seen(var upTo) -> attached().seen(upTo);
                case PageMessage.Ping(var number) -> say(Map.of("pong", number));
            }
        } catch (ProtocolException e) {
            broken(e);
        }
    }

    private void binary(Buffer input) {
        lastHeard = System.nanoTime();
        try {
            attached().type(input.getBytes());
        } catch (ProtocolException e) {
            broken(e);
        }
    }

    private void broken(ProtocolException e) {
        var on = stream;
        if (on != null) {
            on.leave(StreamEnd.LINK_LOST, "the page broke a rule");
        }
        end(StreamEnd.PROTOCOL_ERROR.label(), e.rule(), false);
    }

    private BrowserStream attached() {
        var on = stream;
        if (on == null || !on.isAttached()) {
            throw new ProtocolException("the terminal is not attached yet");
        }
        return on;
    }

    private void attach(PageMessage.Attach attach) {
        if (asked) {
            throw new ProtocolException("a socket is attached once");
        }
        asked = true;
        terminals.services().threads().execute(() -> check(attach));
    }

    /// On a thread of its own.
    private void check(PageMessage.Attach attach) {
        try {
            var by = who.get();
            var good = by.flatMap(principal -> terminals.redeem(attach.ticket(), principal));
            if (good.isEmpty()) {
                onLoop(() ->
                        end(
                                BAD_TICKET,
                                "The ticket was used, is too old, or is another sign-in's.",
                                true));
            } else {
                onLoop(() -> open(attach, good.get(), by.orElseThrow()));
            }
        } catch (Rejected e) {
            onLoop(() -> end(StreamEnd.LINK_LOST.label(), e.detail(), true));
        } catch (RuntimeException e) {
            log.error("A terminal could not be attached", e);
            onLoop(() ->
                    end(StreamEnd.INTERNAL.label(), "the hub failed; its log says how", false));
        }
    }

    private void open(PageMessage.Attach attach, Tickets.Ticket good, Principal by) {
        if (closed) {
            return;
        }
        ticket = good;
        terminals.shows(good.terminal(), this);
        stream =
                new BrowserStream(
                        loop,
                        good.headers(attach),
                        good.argv() == null
                                ? BrowserStream.Amounts.TERMINAL
                                : BrowserStream.Amounts.COPY,
                        this);
        ServeClient.ofConsole(terminals.services(), by, address).serve(stream);
    }

    // What the page hears.

    @Override
    public void attached(TerminalStream.Offsets offsets) {
        say(Map.of("attached", Map.of("from", offsets.from(), "input", offsets.taken())));
    }

    /// What comes in one turn of the loop goes in one message.
    @Override
    public void output(ByteBuf bytes) {
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy);
        bytes.release();
        gathered.appendBytes(copy);
        if (gathered.length() >= MOST_GATHERED) {
            flush();
        } else if (!flushes) {
            flushes = true;
            loop.execute(() -> {
                flushes = false;
                flush();
            });
        }
    }

    private void flush() {
        if (gathered.length() > 0 && !closed) {
            var ignored = socket.writeBinaryMessage(gathered);
            gathered = Buffer.buffer();
        }
    }

    @Override
    public void inputTaken(long upTo) {
        say(Map.of("taken", upTo));
    }

    @Override
    public void over(StreamEnd cause, String message) {
        flush();
        boolean again =
                switch (cause) {
                    case LINK_LOST, NODE_OFFLINE, GOING_AWAY -> true;
                    default -> false;
                };
        end(cause.label(), message, again);
    }

    /// Another page shows this terminal now.
    void takenOver() {
        onLoop(() -> {
            var on = stream;
            if (on != null) {
                on.leave(StreamEnd.LINK_LOST, "shown on another page");
            }
            end(TAKEN_OVER, "This terminal is shown on another page now.", false);
        });
    }

    /// The last word.
    ///
    /// @param again whether a fresh ticket may help
    private void end(String cause, String message, boolean again) {
        if (closed) {
            return;
        }
        var last = new LinkedHashMap<String, Object>();
        last.put("cause", cause);
        last.put("message", message);
        last.put("again", again);
        say(Map.of("end", last));
        closed = true;
        var ignored = socket.close(CLOSED);
    }

    private void say(Map<String, ?> message) {
        if (!closed) {
            var ignored = socket.writeTextMessage(Json.text(message));
        }
    }

    /// The socket has gone: the terminal waits.
    private void gone() {
        closed = true;
        context.owner().cancelTimer(watch);
        var shown = ticket;
        if (shown != null) {
            terminals.showsNoMore(shown.terminal(), this);
        }
        var on = stream;
        if (on != null) {
            on.leave(StreamEnd.LINK_LOST, "the page went away");
        }
    }

    private void onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }
}
