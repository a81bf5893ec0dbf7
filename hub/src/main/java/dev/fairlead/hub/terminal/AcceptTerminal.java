package dev.fairlead.hub.terminal;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.http.BrowserCookie;
import dev.fairlead.hub.http.Json;
import dev.fairlead.hub.http.Problem;
import dev.fairlead.hub.identity.Authenticate;
import io.netty.channel.EventLoop;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a request to `/terminal` to a [TerminalSocket].
///
/// What a browser sends along by itself, its cookie, proves nothing about the page that asks, so
/// that page must be one of this hub's own. And no page gets anything by the upgrade alone: it
/// needs a ticket, which it can only have from a request that other origins cannot make.
public final class AcceptTerminal implements Handler<HttpServerRequest> {

    private static final Logger log = LoggerFactory.getLogger(AcceptTerminal.class);

    private final Terminals terminals;
    private final Authenticate authenticate;
    private final Function<HttpServerRequest, String> addressOf;

    /// @param addressOf where a request comes from
    public AcceptTerminal(
            Terminals terminals,
            Authenticate authenticate,
            Function<HttpServerRequest, String> addressOf) {
        this.terminals = terminals;
        this.authenticate = authenticate;
        this.addressOf = addressOf;
    }

    @Override
    public void handle(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        String bearer = bearer(request);
        boolean program = origin == null && bearer != null;
        // Not all browsers say `Sec-Fetch-Site` of a WebSocket, and some something else.
        if (!program && !BrowserCookie.isOwnPage(false, null, origin, request.getHeader("Host"))) {
            refuse(
                    request,
                    Rejected.of(
                            Rejected.Code.DENIED, "Terminals are opened by this hub's own pages."));
            return;
        }
        String shown = bearer != null ? bearer : BrowserCookie.of(request.getHeader("Cookie"));
        if (shown == null) {
            refuse(request, Rejected.of(Rejected.Code.NOT_SIGNED_IN, "This needs a sign-in."));
            return;
        }
        if (terminals.services().links().isDraining()) {
            refuse(request, Rejected.of(Rejected.Code.UNAVAILABLE, "The hub is being drained."));
            return;
        }
        String address = addressOf.apply(request);
        var context = ((HttpServerRequestInternal) request).context();
        request.toWebSocket()
                .onSuccess(socket ->
                        new TerminalSocket(
                                        socket,
                                        context,
                                        loop(context),
                                        terminals,
                                        () -> authenticate.bearer(shown),
                                        address)
                                .begin())
                .onFailure(e -> log.debug("No terminal for {}", address, e));
    }

    private static @Nullable String bearer(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7)
                : null;
    }

    private static EventLoop loop(ContextInternal context) {
        return context.nettyEventLoop();
    }

    private static void refuse(HttpServerRequest request, Rejected rejected) {
        var problem = Problem.of(rejected);
        request.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .putHeader("Connection", "close")
                .end(Buffer.buffer(Json.bytes(problem)));
    }
}
