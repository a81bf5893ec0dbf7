package dev.fairlead.hub;

import dev.fairlead.hub.access.AdmitClient;
import dev.fairlead.hub.access.CutNodes;
import dev.fairlead.hub.access.ExplainRoutes;
import dev.fairlead.hub.access.Leftovers;
import dev.fairlead.hub.access.LiveAccess;
import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.access.SessionRoutes;
import dev.fairlead.hub.access.Sessions;
import dev.fairlead.hub.access.StillAllowed;
import dev.fairlead.hub.audit.AuditRoutes;
import dev.fairlead.hub.enroll.AdmissionFacts;
import dev.fairlead.hub.enroll.EnrolmentRoutes;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.enroll.HubAdmission;
import dev.fairlead.hub.enroll.Installer;
import dev.fairlead.hub.enroll.Pairings;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.EventRoutes;
import dev.fairlead.hub.fleet.Heartbeats;
import dev.fairlead.hub.fleet.LastSeen;
import dev.fairlead.hub.fleet.NodeCopies;
import dev.fairlead.hub.fleet.NodeLinks;
import dev.fairlead.hub.fleet.NodeRoutes;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.fleet.Policies;
import dev.fairlead.hub.hostca.HostCa;
import dev.fairlead.hub.hostca.HostCaRoutes;
import dev.fairlead.hub.hostca.RenewHostCertificate;
import dev.fairlead.hub.http.Api;
import dev.fairlead.hub.http.Contract;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Idempotency;
import dev.fairlead.hub.identity.ApiTokenRoutes;
import dev.fairlead.hub.identity.ApiTokens;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.identity.MeRoutes;
import dev.fairlead.hub.identity.Passwords;
import dev.fairlead.hub.identity.SignInRoutes;
import dev.fairlead.hub.identity.SignIns;
import dev.fairlead.hub.identity.UserRoutes;
import dev.fairlead.hub.identity.Users;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Explain;
import dev.fairlead.hub.rbac.GrantRoutes;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.tenant.TenantRoutes;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.terminal.TerminalRoutes;
import dev.fairlead.hub.terminal.Terminals;
import dev.fairlead.hub.tunnel.AgentCall;
import dev.fairlead.hub.tunnel.CutTenants;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.hub.views.ViewRoutes;
import dev.fairlead.hub.views.Views;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.handshake.LinkTerms;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a hub can do, wired: people and their rights, the fleet, enrolment, sessions.
final class Capabilities {

    /// Links that the hub's end breaks off come back over this time.
    private static final Duration STOPPING_SPREAD = Duration.ofSeconds(2);

    private static final Map<String, String> SERVED =
            Map.of("ssh", "1", "exec", "1", "tcp", "1", "call", "1");

    final Ground ground;
    final Authenticate authenticate;
    final LiveAccess access;
    final Decide decide;
    final Links links = new Links();
    final Sessions sessions;
    final StillAllowed stillAllowed;
    final Tenants tenants;
    final Users users;
    final SignIns signIns;
    final ApiTokens apiTokens;
    final Grants grants;
    final Heartbeats heartbeats;
    final NodeLinks nodeLinks;
    final Nodes nodes;
    final Policies policies;
    final HostCa hostCa;
    final Terminals terminals;
    final Pairings pairings;
    final HubAdmission admission;
    final Installer installer;
    final EnrolmentTokens enrolmentTokens;

    Capabilities(Ground ground, Started started) {
        this.ground = ground;
        var database = ground.database();
        var agents = ground.agents();
        var audit = ground.audit();
        var events = ground.events();
        var threads = ground.threads();
        var clock = ground.parts().clock();
        var random = ground.parts().random();
        String name = ground.directoryName();
        var url = ground.url();

        // People and their rights.
        authenticate = new Authenticate(database, clock);
        access = started.add("live access", new LiveAccess(authenticate, clock));
        decide = new Decide(database);
        sessions =
                new Sessions(
                        database,
                        audit,
                        events,
                        access,
                        new Sessions.Settings(
                                name,
                                ground.config().resume().within(),
                                ground.config().resume().terminals()),
                        links,
                        ground.meters(),
                        threads);
        started.atEnd("sessions", sessions::leave);
        RightsChanged changed = new CutTenants(database, access, links, sessions, threads);
        tenants = new Tenants(database, ground.vault(), audit, changed);
        tenants.ensureSystem();
        var passwords = new Passwords(random);
        users = new Users(database, passwords, audit, changed);
        signIns = new SignIns(database, passwords, decide, audit, access, clock, random);
        apiTokens = new ApiTokens(database, decide, audit, access, clock, random);
        grants = new Grants(database, decide, audit, access, clock);

        // The fleet.
        var seen = new LastSeen(clock);
        heartbeats = new Heartbeats(database, seen, clock);
        started.atEnd("heartbeats", heartbeats::flush);
        nodeLinks = new NodeLinks(agents, events, seen, name, threads);
        nodeLinks.endLeftovers();
        started.atEnd("node links", nodeLinks::flush);
        var cut = new CutNodes(links, sessions);
        var renew = new RenewHostCertificate(links);
        nodes = new Nodes(database, audit, events, access, cut, renew, seen, heartbeats);
        policies = new Policies(agents, events, threads);
        stillAllowed = new StillAllowed(nodes, decide);
        new Leftovers(database, authenticate, sessions, stillAllowed).takeUp(name);
        terminals = new Terminals(clients(), ground.config().limits().terminals(), clock, random);
        hostCa = new HostCa(agents, ground.vault(), audit, clock, random, threads);

        // Enrolment.
        var terms = LinkTerms.of(ground.config().limits().link().limits());
        var facts =
                new AdmissionFacts(
                        ground.name(),
                        ground.config().urls().stream().map(URI::toString).toList(),
                        terms,
                        SERVED);
        var enrol = new EnrolNode(audit, events, access, cut);
        pairings = new Pairings(database, audit, enrol, facts, clock, random, threads);
        var clients = new AdmitClient(authenticate, audit, terms, SERVED);
        var copies = new NodeCopies(audit, events);
        admission =
                new HubAdmission(
                        agents, database, audit, enrol, copies, facts, pairings, clients, threads);
        installer =
                new Installer(
                        url,
                        ground.certificates().caPem().orElse(null),
                        ground.parts().agentPackages());
        var anchor =
                new EnrolmentTokens.Anchor(ground.keys().fingerprint(), ground.config().urls());
        enrolmentTokens =
                new EnrolmentTokens(database, audit, nodes, anchor, installer, clock, random);
    }

    /// The API over all of them.
    Api api(Endpoints.Routes... more) {
        var endpoints = new Endpoints();
        for (var routes : more) {
            routes.addTo(endpoints);
        }
        for (var routes :
                List.of(
                        new SignInRoutes(signIns),
                        new MeRoutes(users, grants),
                        new ApiTokenRoutes(apiTokens),
                        new TenantRoutes(tenants),
                        new UserRoutes(users),
                        new GrantRoutes(grants),
                        new ExplainRoutes(new Explain(ground.database(), grants), nodes),
                        new EnrolmentRoutes(enrolmentTokens, pairings, tenants),
                        new NodeRoutes(nodes, heartbeats, nodeLinks),
                        new SessionRoutes(sessions, nodes),
                        new TerminalRoutes(terminals),
                        new ViewRoutes(new Views(ground.database())),
                        new HostCaRoutes(hostCa),
                        new AuditRoutes(ground.audit(), access),
                        new EventRoutes(ground.events(), nodes, access))) {
            routes.addTo(endpoints);
        }
        return new Api(
                Contract.load(),
                endpoints,
                authenticate,
                decide,
                new Idempotency(ground.database(), ground.vault()),
                ground.database(),
                ground.parts().random());
    }

    /// What client links are served with.
    ServeClient.Services clients() {
        return new ServeClient.Services(
                tenants,
                nodes,
                decide,
                sessions,
                links,
                stillAllowed,
                ground.audit(),
                access,
                ground.meters(),
                ground.threads());
    }

    /// What agents may ask for.
    Map<String, AgentCall> agentCalls() {
        return Map.of(
                "heartbeat",
                (tenant, node, document) -> {
                    heartbeats.take(tenant, node, document);
                    return new byte[0];
                },
                "policy",
                (tenant, node, document) -> {
                    policies.keep(tenant, node, document);
                    return new byte[0];
                },
                "leave",
                (tenant, node, document) -> {
                    nodes.leave(tenant, node);
                    return new byte[0];
                },
                "host-cert",
                hostCa::answer);
    }

    /// What is done again and again.
    Chores chores() {
        var soon = Duration.ofSeconds(2);
        var later = Duration.ofMinutes(10);
        return new Chores()
                .every(soon, "writing ends of links", nodeLinks::flush)
                .every(soon, "writing ends of sessions", sessions::flush)
                .every(Duration.ofSeconds(1), "ending interrupted sessions", sessions::expire)
                .every(soon, "writing samples", heartbeats::flush)
                .every(Duration.ofMinutes(1), "writing the audit", ground.audit()::flush)
                .every(Duration.ofMinutes(1), "rolling up samples", heartbeats::rollUp)
                .every(later, "forgetting samples", heartbeats::keep)
                .every(later, "forgetting", this::forgetExpired);
    }

    private void forgetExpired() {
        ground.database()
                .system(tx ->
                        tx.handle()
                                .createQuery("select forget_expired() is null")
                                .mapTo(Boolean.class)
                                .one());
    }

    /// Agents and people's programs dial again when the hub is back, and resume their streams;
    /// whose stream cannot be resumed is told why it ends.
    void letGo(String why) {
        links.drain(STOPPING_SPREAD);
        sessions.cutForGood(StreamEnd.GOING_AWAY, why).join();
        links.closeAll(why);
    }
}
