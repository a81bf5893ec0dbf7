package dev.fairlead.hub.terminal;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.access.LiveTerminal;
import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.Node;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decision;
import dev.fairlead.hub.rbac.Principal;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// People's terminals: who may open one, which they have, and which page shows each.
public final class Terminals {

    private static final String CAPABILITY = "terminal";

    private final ServeClient.Services services;
    private final int mostOfOnePerson;
    private final InstantSource clock;
    private final Tickets tickets;
    private final Map<SessionId, TerminalSocket> shown = new ConcurrentHashMap<>();

    /// What is given to whoever may attach to a terminal.
    record Admission(SessionId terminal, String ticket, Instant expires) {}

    /// @param mostOfOnePerson detached ones included
    public Terminals(
            ServeClient.Services services,
            int mostOfOnePerson,
            InstantSource clock,
            SecureRandom random) {
        this.services = services;
        this.mostOfOnePerson = mostOfOnePerson;
        this.clock = clock;
        this.tickets = new Tickets(clock, random);
    }

    ServeClient.Services services() {
        return services;
    }

    /// Lets somebody open a terminal. Whether they may is decided again when they do.
    ///
    /// @param login empty for the node's default
    Admission open(Principal by, TenantId tenant, String nodeName, String login, String address) {
        Node node = online(by, tenant, nodeName, Act.STREAM_SSH, login, address);
        if (!node.facts().capabilities().containsKey(CAPABILITY)) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT,
                    "The agent on " + node.name() + " is too old for terminals in the browser.",
                    "Update it, or use  fairlead ssh " + node.name());
        }
        if (services.sessions().terminals(by).size() + tickets.unopened(by) >= mostOfOnePerson) {
            services.meters().limit("terminals");
            throw Rejected.of(
                    Rejected.Code.LIMIT_REACHED,
                    "You have " + mostOfOnePerson + " terminals, detached ones included.",
                    "End one of them, or have the administrator raise limits.terminals.");
        }
        return admit(SessionId.fresh(), tenant, node, login, null, by, true);
    }

    /// Lets somebody copy a file, or go on with that.
    ///
    /// @param login empty for the node's default
    /// @param goesOn the copy that was begun; null for a new one
    Admission copy(
            Principal by,
            TenantId tenant,
            String nodeName,
            String login,
            FileCopy what,
            @Nullable SessionId goesOn,
            String address) {
        if (goesOn != null) {
            // Whose it is, and that it is the same, is decided when it is taken up.
            var node = services.nodes().need(tenant, nodeName);
            return admit(goesOn, tenant, node, login, what.argv(), by, false);
        }
        var node = online(by, tenant, nodeName, Act.STREAM_EXEC, login, address);
        return admit(SessionId.fresh(), tenant, node, login, what.argv(), by, true);
    }

    /// The node, where this person may do that on it, and it is there.
    private Node online(
            Principal by, TenantId tenant, String nodeName, Act act, String login, String address) {
        Node node = services.nodes().need(tenant, nodeName);
        var decision = services.decide().decide(by, tenant, act, node.labels(), login);
        if (decision instanceof Decision.Denied(var reason)) {
            services.audit().count(tenant, "session.start", address, reason.label());
        }
        decision.orReject("node");
        if (services.links().find(tenant, node.id()).isEmpty()) {
            throw Rejected.of(
                    Rejected.Code.UNAVAILABLE,
                    node.name() + " is offline just now.",
                    "Start its agent, or wait until it has a link again.");
        }
        return node;
    }

    private Admission admit(
            SessionId terminal,
            TenantId tenant,
            Node node,
            String login,
            @Nullable String argv,
            Principal by,
            boolean fresh) {
        return new Admission(
                terminal,
                tickets.issue(terminal, tenant, node.id(), login, argv, by, fresh),
                clock.instant().plus(Tickets.LIFE));
    }

    /// Lets somebody attach to a terminal of their own.
    Admission attach(Principal by, SessionId id) {
        var terminal = find(by, id);
        return new Admission(
                id,
                tickets.issue(
                        id, terminal.tenant(), terminal.node(), terminal.login(), null, by, false),
                clock.instant().plus(Tickets.LIFE));
    }

    List<LiveTerminal> list(Principal of) {
        return services.sessions().terminals(of);
    }

    /// Whoever has a terminal in a tenant knows it.
    String tenantName(TenantId id) {
        return services.tenants()
                .find(id.text())
                .map(tenant -> tenant.name().text())
                .orElseThrow(() -> Rejected.notFound("tenant"));
    }

    private LiveTerminal find(Principal of, SessionId id) {
        return list(of).stream()
                .filter(terminal -> terminal.id().equals(id))
                .findAny()
                .orElseThrow(() -> Rejected.notFound("terminal"));
    }

    void end(Principal by, SessionId id) {
        if (!services.sessions().endTerminal(by, id)) {
            throw Rejected.notFound("terminal");
        }
    }

    Optional<Tickets.Ticket> redeem(String ticket, Principal by) {
        return tickets.redeem(ticket, by);
    }

    /// A page shows a terminal from now on; another one that does is told, and does not any more.
    void shows(SessionId id, TerminalSocket page) {
        var before = shown.put(id, page);
        if (before != null && before != page) {
            before.takenOver();
        }
    }

    void showsNoMore(SessionId id, TerminalSocket page) {
        shown.remove(id, page);
    }
}
