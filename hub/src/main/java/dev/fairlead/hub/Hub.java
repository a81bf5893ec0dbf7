package dev.fairlead.hub;

import dev.fairlead.hub.access.AdmitClient;
import dev.fairlead.hub.access.CutNodes;
import dev.fairlead.hub.access.LiveAccess;
import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.access.SessionRoutes;
import dev.fairlead.hub.access.Sessions;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditRoutes;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.enroll.AdmissionFacts;
import dev.fairlead.hub.enroll.EnrolmentRoutes;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.enroll.HubAdmission;
import dev.fairlead.hub.enroll.Installer;
import dev.fairlead.hub.enroll.InstallerRoutes;
import dev.fairlead.hub.enroll.Pairings;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.EventRoutes;
import dev.fairlead.hub.fleet.Heartbeats;
import dev.fairlead.hub.fleet.LastSeen;
import dev.fairlead.hub.fleet.NodeLinks;
import dev.fairlead.hub.fleet.NodeRoutes;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.hostca.HostCa;
import dev.fairlead.hub.hostca.HostCaRoutes;
import dev.fairlead.hub.hostca.RenewHostCertificate;
import dev.fairlead.hub.http.Api;
import dev.fairlead.hub.http.Contract;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.HubInfo;
import dev.fairlead.hub.http.HubRoutes;
import dev.fairlead.hub.http.HubServer;
import dev.fairlead.hub.http.Idempotency;
import dev.fairlead.hub.http.Redirect;
import dev.fairlead.hub.identity.ApiTokenRoutes;
import dev.fairlead.hub.identity.ApiTokens;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.hub.identity.MeRoutes;
import dev.fairlead.hub.identity.Passwords;
import dev.fairlead.hub.identity.SignInRoutes;
import dev.fairlead.hub.identity.SignIns;
import dev.fairlead.hub.identity.UserRoutes;
import dev.fairlead.hub.identity.Users;
import dev.fairlead.hub.observe.DiskSpace;
import dev.fairlead.hub.observe.Health;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.hub.observe.ObserveServer;
import dev.fairlead.hub.ports.Port;
import dev.fairlead.hub.ports.PortMatrix;
import dev.fairlead.hub.ports.PortRoutes;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.GrantRoutes;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.tenant.TenantRoutes;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.tls.ServedCertificates;
import dev.fairlead.hub.tunnel.AcceptLink;
import dev.fairlead.hub.tunnel.AgentCall;
import dev.fairlead.hub.tunnel.CutTenants;
import dev.fairlead.hub.tunnel.HubKeys;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.HubProof;
import dev.fairlead.link.handshake.LinkTerms;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A hub: everything that it is made of, wired in the order in which it starts and closed in
/// reverse.
public final class Hub implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Hub.class);
    private static final long CLOSE_SECONDS = 10;
    private static final String STOPPING = "the hub is stopping";

    private final Deque<Part> started = new ArrayDeque<>();
    private final HubConfig config;
    private final HubParts parts;
    private final Services services;
    private final HubServer server;
    private final ObserveServer observe;
    private final @Nullable Redirect redirect;
    private final URI url;
    private final HubKeys keys;
    private final ServedCertificates certificates;
    private final PortMatrix.Bound bound;

    /// What was started and how it is stopped.
    private record Part(String name, AutoCloseable close) {}

    /// What the hub can do, for whoever starts it in the same process.
    public record Services(
            Database database,
            Tenants tenants,
            Users users,
            SignIns signIns,
            Grants grants,
            Nodes nodes,
            EnrolmentTokens enrolmentTokens,
            Sessions sessions,
            Links links) {}

    /// Starts a hub and returns when it serves.
    ///
    /// @throws ConfigException or `db.DatabaseUnusable` with a message for the person at the
    ///   terminal
    /// @throws UncheckedIOException where a file of the data folder cannot be read or made
    public static Hub start(HubConfig config, HubParts parts) {
        return new Hub(config, parts);
    }

    private Hub(HubConfig given, HubParts parts) {
        this.config = given.withFreePort();
        this.parts = parts;
        try {
            var data = folder(config.data());
            var postgres = database(data);
            var database = open("database", Database.open(postgres.access()));
            var threads = threads();
            var vertx = vertx();

            this.keys = HubKeys.open(data.resolve("keys"), parts.random());
            this.certificates =
                    open(
                            "certificates",
                            ServedCertificates.start(config, parts.clock(), parts.random()));
            this.url = config.url();
            String ca = certificates.caPem().orElse(null);
            String name = config.names().getFirst();

            var vault =
                    new Vault(
                            MasterKey.open(data.resolve("keys/master.key"), parts.random()),
                            parts.random());
            var meters = new LinkMeters(parts.meters(), ServeClient.KINDS);
            var audit = new Audit(database, meters::refused);
            meters.auditBacklog(audit, Audit::backlog);
            started.push(new Part("audit", audit::flush));
            var events = new Events(database);
            var authenticate = new Authenticate(database, parts.clock());
            var access = open("live access", new LiveAccess(authenticate, parts.clock()));
            var decide = new Decide(database);

            var links = new Links();
            var sessions = new Sessions(database, audit, events, access, name);
            started.push(new Part("sessions", sessions::flush));
            RightsChanged changed = new CutTenants(database, access, links, sessions, threads);
            var cut = new CutNodes(links, sessions);

            var tenants = new Tenants(database, vault, audit, changed);
            tenants.ensureSystem();
            var passwords = new Passwords(parts.random());
            var users = new Users(database, passwords, audit, changed);
            var signIns =
                    new SignIns(
                            database,
                            passwords,
                            decide,
                            audit,
                            access,
                            parts.clock(),
                            parts.random());
            var apiTokens =
                    new ApiTokens(database, decide, audit, access, parts.clock(), parts.random());
            var grants = new Grants(database, decide, audit, access, parts.clock());

            var seen = new LastSeen(parts.clock());
            var heartbeats = new Heartbeats(database, seen, parts.clock());
            started.push(new Part("heartbeats", heartbeats::flush));
            var nodeLinks = new NodeLinks(database, events, seen, name);
            nodeLinks.endLeftovers();
            started.push(new Part("node links", nodeLinks::flush));
            var nodes =
                    new Nodes(
                            database,
                            audit,
                            events,
                            access,
                            cut,
                            new RenewHostCertificate(links),
                            seen,
                            heartbeats);

            var hostCa = new HostCa(database, vault, audit, parts.clock(), parts.random());

            var terms = LinkTerms.of(LinkLimits.DEFAULT);
            var capabilities = Map.of("ssh", "1", "exec", "1", "tcp", "1", "call", "1");
            var facts = new AdmissionFacts(name, List.of(url.toString()), terms, capabilities);
            var enrol = new EnrolNode(audit, events, access, cut);
            var pairings =
                    new Pairings(
                            database, audit, enrol, facts, parts.clock(), parts.random(), threads);
            var admission =
                    new HubAdmission(
                            database,
                            audit,
                            enrol,
                            facts,
                            pairings,
                            new AdmitClient(authenticate, audit, terms, capabilities),
                            threads);
            var installer = new Installer(url, ca, parts.agentPackages());
            var enrolmentTokens =
                    new EnrolmentTokens(
                            database,
                            audit,
                            nodes,
                            new EnrolmentTokens.Anchor(keys.fingerprint(), List.of(url)),
                            installer,
                            parts.clock(),
                            parts.random());
            this.services =
                    new Services(
                            database,
                            tenants,
                            users,
                            signIns,
                            grants,
                            nodes,
                            enrolmentTokens,
                            sessions,
                            links);
            var endpoints = new Endpoints();
            for (var routes :
                    List.of(
                            new HubRoutes(this::info),
                            new PortRoutes(this::ports),
                            new SignInRoutes(signIns),
                            new MeRoutes(users, tenants, grants),
                            new ApiTokenRoutes(apiTokens),
                            new TenantRoutes(tenants),
                            new UserRoutes(users),
                            new GrantRoutes(grants),
                            new EnrolmentRoutes(enrolmentTokens, pairings, tenants),
                            new NodeRoutes(nodes, heartbeats),
                            new SessionRoutes(sessions, nodes),
                            new HostCaRoutes(hostCa),
                            new AuditRoutes(audit, access),
                            new EventRoutes(events, nodes, access))) {
                routes.addTo(endpoints);
            }
            var api =
                    new Api(
                            Contract.load(),
                            endpoints,
                            authenticate,
                            tenants,
                            decide,
                            new Idempotency(database, vault),
                            parts.random());
            var clients =
                    new ServeClient.Services(
                            tenants, nodes, decide, sessions, links, audit, access, meters,
                            threads);
            var files = Router.router(vertx);
            new InstallerRoutes(installer).mount(files);
            var accept =
                    new AcceptLink(
                            new AcceptLink.Parts(
                                    () -> proof(name),
                                    request -> server().addressOf(request),
                                    admission::from,
                                    HandshakeSettings.standard(),
                                    LinkLimits.DEFAULT,
                                    links,
                                    nodeLinks,
                                    agentCalls(heartbeats, nodes, hostCa),
                                    authenticate,
                                    clients,
                                    meters,
                                    threads));
            this.server =
                    open(
                            "server",
                            HubServer.start(
                                    vertx,
                                    config,
                                    certificates,
                                    new HubServer.Parts(
                                            api, info(), accept, files, parts.meters())));
            started.push(new Part("links", () -> letGo(links, sessions)));
            this.redirect =
                    config.redirect() == null
                            ? null
                            : open("redirect", Redirect.start(vertx, config.redirect(), url));
            this.observe =
                    open(
                            "observe",
                            ObserveServer.start(
                                    vertx,
                                    config.observe(),
                                    parts.meters(),
                                    health(database, data)));
            this.bound =
                    new PortMatrix.Bound(
                            server.port(),
                            redirect == null ? 0 : redirect.port(),
                            observe.port(),
                            postgres.ownPort());
            Listeners.write(data.resolve("listeners"), config, bound);
            open(
                    "chores",
                    new Chores()
                            .every(Duration.ofSeconds(2), "writing ends of links", nodeLinks::flush)
                            .every(
                                    Duration.ofSeconds(2),
                                    "writing ends of sessions",
                                    sessions::flush)
                            .every(Duration.ofSeconds(2), "writing samples", heartbeats::flush)
                            .every(Duration.ofMinutes(1), "writing the audit", audit::flush)
                            .every(Duration.ofMinutes(10), "forgetting samples", heartbeats::keep)
                            .every(
                                    Duration.ofMinutes(10),
                                    "forgetting",
                                    () -> forgetExpired(database)));
            log.info("Serving {} with fingerprint {}", url, keys.fingerprint());
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private HubServer server() {
        return server;
    }

    private HubInfo info() {
        return new HubInfo(
                config.names().getFirst(),
                Version.current(),
                keys.fingerprint().toString(),
                url.toString(),
                certificates.caPem().orElse(null));
    }

    /// What the network must let through for this hub as it runs.
    public List<Port> ports() {
        return PortMatrix.of(config, bound);
    }

    /// Read anew for each connection: certificates are renewed while the hub runs.
    private HubProof proof(String name) {
        return keys.proof(
                certificates.leafHashes().stream().map(Fingerprint::ofHash).toList(),
                name,
                certificates.caPem().orElse(null));
    }

    private static Map<String, AgentCall> agentCalls(
            Heartbeats heartbeats, Nodes nodes, HostCa hostCa) {
        return Map.of(
                "heartbeat",
                (tenant, node, document) -> {
                    heartbeats.take(tenant, node, document);
                    return new byte[0];
                },
                "policy",
                (tenant, node, document) -> {
                    nodes.policy(tenant, node, document);
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

    private static Health health(Database database, Path data) {
        return new Health()
                .check(
                        "database",
                        () ->
                                database.answers()
                                        ? Optional.empty()
                                        : Optional.of("the database does not answer"))
                .check("disk", () -> DiskSpace.check(data));
    }

    private static void forgetExpired(Database database) {
        database.system(tx ->
                tx.handle()
                        .createQuery("select forget_expired() is null")
                        .mapTo(Boolean.class)
                        .one());
    }

    /// Agents dial again when the hub is back; people are told why their streams end.
    private static void letGo(Links links, Sessions sessions) {
        sessions.cutAll(StreamEnd.GOING_AWAY, STOPPING).join();
        links.closeAll(STOPPING);
    }

    /// The data folder, made where it is missing.
    static Path folder(Path data) throws IOException {
        // Others may pass through, to the database's own folder, and read nothing.
        Files.createDirectories(
                data,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        return data;
    }

    /// Where the database is, and the port of the hub's own one or 0.
    private record Postgres(DatabaseAccess access, int ownPort) {}

    private Postgres database(Path data) throws IOException {
        var wanted = config.database();
        if (wanted.url() == null) {
            var own =
                    open(
                            "postgres",
                            EmbeddedPostgres.start(data.resolve("postgres"), parts.progress()));
            return new Postgres(own.access(), own.port());
        }
        return new Postgres(wanted.access(), 0);
    }

    private ExecutorService threads() {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        started.push(
                new Part(
                        "threads",
                        () -> {
                            threads.shutdown();
                            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                                threads.shutdownNow();
                            }
                        }));
        return threads;
    }

    private Vertx vertx() {
        var vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        started.push(
                new Part(
                        "vertx",
                        () ->
                                vertx.close()
                                        .toCompletionStage()
                                        .toCompletableFuture()
                                        .get(CLOSE_SECONDS, TimeUnit.SECONDS)));
        return vertx;
    }

    private <T extends AutoCloseable> T open(String name, T part) {
        started.push(new Part(name, part));
        return part;
    }

    /// The address by which agents and people reach it.
    public URI url() {
        return url;
    }

    /// What agents trust.
    public Fingerprint fingerprint() {
        return keys.fingerprint();
    }

    /// PEM of the hub's own CA; null where it has a certificate of another's.
    public @Nullable String caPem() {
        return certificates.caPem().orElse(null);
    }

    /// The ports that are open now.
    public PortMatrix.Bound bound() {
        return bound;
    }

    public Services services() {
        return services;
    }

    /// Ends everything, in the reverse order of the start. What fails is logged, and the rest goes
    /// on.
    @Override
    public void close() {
        for (var part = started.poll(); part != null; part = started.poll()) {
            try {
                part.close().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                log.warn("Interrupted while {} was closing", part.name());
            } catch (Exception e) {
                log.warn("{} did not close in order", part.name(), e);
            }
        }
    }
}
