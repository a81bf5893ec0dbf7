package dev.fairlead.hub.terminal;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.access.LiveTerminal;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Terminals of the asker: open, list, attach to, end.
public final class TerminalRoutes implements Endpoints.Routes {

    private final Terminals terminals;

    public TerminalRoutes(Terminals terminals) {
        this.terminals = terminals;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.STREAM_SSH, "createTerminal", this::create)
                .needs(Act.STREAM_EXEC, "createFileCopy", this::copy)
                .needs(Act.OWN_SEE, "listTerminals", this::list)
                .needs(Act.OWN_SEE, "createTerminalTicket", this::ticket)
                .needs(Act.SESSIONS_END_OWN, "deleteTerminal", this::delete);
    }

    record CreateBody(@Nullable String login) {}

    /// The schema `TerminalTicket`.
    record TicketShown(String terminal, String ticket, Instant expires) {

        static TicketShown of(Terminals.Admission admission) {
            return new TicketShown(
                    admission.terminal().text(), admission.ticket(), admission.expires());
        }
    }

    /// The schema `Terminal`.
    record Shown(
            String id,
            String tenant,
            String tenantId,
            String node,
            String nodeId,
            @Nullable String login,
            String state,
            Instant started,
            @Nullable Long endsInSeconds) {

        static Shown of(LiveTerminal terminal, String tenant) {
            Duration detached = terminal.detachedFor();
            return new Shown(
                    terminal.id().text(),
                    tenant,
                    terminal.tenant().text(),
                    terminal.nodeName(),
                    terminal.node().text(),
                    terminal.login().isEmpty() ? null : terminal.login(),
                    detached == null ? "attached" : "detached",
                    terminal.since(),
                    detached == null
                            ? null
                            : Math.max(0, terminal.within().minus(detached).toSeconds()));
        }
    }

    private Answer create(Call call) {
        String login = call.body() == null ? null : call.body(CreateBody.class).login();
        return Answer.created(
                TicketShown.of(
                        terminals.open(
                                call.principal(),
                                call.tenant(),
                                call.need("node"),
                                login == null ? "" : login,
                                call.address())));
    }

    record CopyBody(
            String direction,
            String path,
            @Nullable Boolean replace,
            @Nullable String login,
            @Nullable String goesOn) {}

    private Answer copy(Call call) {
        var body = call.body(CopyBody.class);
        var what =
                new FileCopy(
                        FileCopy.Direction.valueOf(body.direction().toUpperCase(Locale.ROOT)),
                        body.path(),
                        Boolean.TRUE.equals(body.replace()));
        var goesOn =
                body.goesOn() == null
                        ? null
                        : SessionId.parse(body.goesOn())
                                .orElseThrow(() -> Rejected.notFound("copy"));
        return Answer.created(
                TicketShown.of(
                        terminals.copy(
                                call.principal(),
                                call.tenant(),
                                call.need("node"),
                                body.login() == null ? "" : body.login(),
                                what,
                                goesOn,
                                call.address())));
    }

    private Answer list(Call call) {
        String after = call.cursor().orElse("");
        var rows =
                terminals.list(call.principal()).stream()
                        .filter(terminal -> terminal.id().text().compareTo(after) > 0)
                        .limit(call.limit() + 1)
                        .toList();
        var names = new HashMap<TenantId, String>();
        return Answer.ok(
                Page.of(
                        rows,
                        call.limit(),
                        one -> one.id().text(),
                        one ->
                                Shown.of(
                                        one,
                                        names.computeIfAbsent(
                                                one.tenant(), terminals::tenantName))));
    }

    private Answer ticket(Call call) {
        return Answer.created(TicketShown.of(terminals.attach(call.principal(), id(call))));
    }

    private Answer delete(Call call) {
        terminals.end(call.principal(), id(call));
        return Answer.done();
    }

    private static SessionId id(Call call) {
        return SessionId.parse(call.need("terminal"))
                .orElseThrow(() -> Rejected.notFound("terminal"));
    }
}
