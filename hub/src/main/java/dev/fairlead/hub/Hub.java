package dev.fairlead.hub;

import dev.fairlead.hub.access.Sessions;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.enroll.InstallerRoutes;
import dev.fairlead.hub.fleet.Nodes;
import dev.fairlead.hub.http.HubInfo;
import dev.fairlead.hub.http.HubRoutes;
import dev.fairlead.hub.http.HubServer;
import dev.fairlead.hub.http.Redirect;
import dev.fairlead.hub.identity.SignIns;
import dev.fairlead.hub.identity.Users;
import dev.fairlead.hub.observe.DatabaseMeters;
import dev.fairlead.hub.observe.DiskSpace;
import dev.fairlead.hub.observe.Health;
import dev.fairlead.hub.observe.HealthRoutes;
import dev.fairlead.hub.observe.History;
import dev.fairlead.hub.observe.ObserveServer;
import dev.fairlead.hub.observe.ProcessMeters;
import dev.fairlead.hub.ports.Port;
import dev.fairlead.hub.ports.PortMatrix;
import dev.fairlead.hub.ports.PortRoutes;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.settings.HubSettings;
import dev.fairlead.hub.settings.SettingsRoutes;
import dev.fairlead.hub.tenant.Tenants;
import dev.fairlead.hub.terminal.AcceptTerminal;
import dev.fairlead.hub.tunnel.AcceptLink;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.HubProof;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A hub: its ground, what it can do on it, and the listeners that serve that. Started in this
/// order, and ended in reverse.
public final class Hub implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Hub.class);
    private static final String STOPPING = "the hub is stopping";

    private final Started started = new Started();
    private final Ground ground;
    private final Capabilities can;
    private final HubServer server;
    private final ObserveServer observe;
    private final Drain drain;
    private final History history;
    private final Instant begun;
    private final @Nullable Redirect redirect;
    private final PortMatrix.Bound bound;

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
        return new Hub(config.withFreePort(), parts);
    }

    private Hub(HubConfig config, HubParts parts) {
        try {
            var stopped = new AtomicReference<@Nullable Drain>();
            started.atEnd("drain", () -> tellStopped(stopped.get()));
            this.ground = Ground.start(config, parts, started);
            this.begun = parts.clock().instant();
            this.can = new Capabilities(ground, started);
            this.history = started.add("history", history());
            this.drain = new Drain(ground.data(), can.links, can.sessions);
            stopped.set(drain);
            this.server = started.add("server", serve());
            started.atEnd("door", ground.door()::shut);
            started.atEnd("links", () -> can.letGo(STOPPING));
            var vertx = ground.vertx();
            this.redirect =
                    config.redirect() == null
                            ? null
                            : started.add(
                                    "redirect", Redirect.start(vertx, config.redirect(), url()));
            this.observe =
                    started.add(
                            "observe",
                            ObserveServer.start(vertx, config.observe(), parts.meters(), health()));
            this.bound =
                    new PortMatrix.Bound(
                            server.port(),
                            redirect == null ? 0 : redirect.port(),
                            observe.port(),
                            ground.ownPostgresPort());
            Listeners.write(ground.data().resolve("listeners"), config, bound);
            started.add(
                    "chores", can.chores().every(Duration.ofMillis(250), "draining", drain::look));
            log.info("Serving {} with fingerprint {}", url(), fingerprint());
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void tellStopped(@Nullable Drain drain) throws IOException {
        if (drain != null) {
            drain.stopped();
        }
    }

    /// Completes when `fairlead hub drain` has been done, and the hub is to be closed.
    public CompletableFuture<Void> drained() {
        return drain.drained();
    }

    /// The one port: the API, links, and what is served as files.
    private HubServer serve() {
        var files = Router.router(ground.vertx());
        new InstallerRoutes(can.installer).mount(files);
        var limits = ground.config().limits();
        var accept =
                new AcceptLink(
                        new AcceptLink.Parts(
                                this::proof,
                                request -> server().addressOf(request),
                                can.admission::from,
                                HandshakeSettings.standard()
                                        .withHandshake(
                                                Duration.ofSeconds(limits.handshakeSeconds())),
                                limits,
                                limits.link().limits(),
                                can.links,
                                can.nodeLinks,
                                can.agentCalls(),
                                can.authenticate,
                                can.clients(),
                                ground.meters(),
                                ground.signatures(),
                                ground.threads()));
        var terminals =
                new AcceptTerminal(
                        can.terminals, can.authenticate, request -> server().addressOf(request));
        var parts = ground.parts();
        var api =
                can.api(
                        new HubRoutes(this::info),
                        new PortRoutes(this::ports),
                        new SettingsRoutes(this::settings),
                        new HealthRoutes(health(), history, parts.meters(), parts.clock(), begun));
        return HubServer.start(
                ground.vertx(),
                ground.config(),
                ground.certificates(),
                new HubServer.Parts(
                        api, info(), accept, terminals, parts.console(), files, parts.meters()));
    }

    private HubServer server() {
        return server;
    }

    private HubInfo info() {
        return new HubInfo(
                ground.name(),
                Version.current(),
                fingerprint().toString(),
                url().toString(),
                caPem());
    }

    private HubSettings settings() {
        return HubSettings.of(
                ground.config(),
                Version.current(),
                url().toString(),
                begun,
                ground.keys(),
                ground.certificates().shown());
    }

    private History history() {
        var meters = ground.parts().meters();
        ProcessMeters.register(meters, ground.data());
        return History.start(
                meters,
                new DatabaseMeters(meters, ground.database(), ground.agents()),
                ground.parts().clock());
    }

    /// What the network must let through for this hub as it runs.
    public List<Port> ports() {
        return PortMatrix.of(ground.config(), bound);
    }

    /// Read anew for each connection: certificates are renewed while the hub runs.
    private HubProof proof() {
        return ground.keys()
                .proof(
                        ground.certificates().leafHashes().stream()
                                .map(Fingerprint::ofHash)
                                .toList(),
                        ground.name(),
                        caPem(),
                        ground.innerTls());
    }

    private Health health() {
        return new Health()
                .check(
                        "database",
                        () ->
                                ground.database().answers()
                                        ? Optional.empty()
                                        : Optional.of("the database does not answer"))
                .check("disk", () -> DiskSpace.check(ground.data()))
                .check(
                        "drain",
                        () ->
                                can.links.isDraining()
                                        ? Optional.of("the hub is being drained")
                                        : Optional.empty());
    }

    /// The address by which agents and people reach it.
    public URI url() {
        return ground.url();
    }

    /// What agents trust.
    public Fingerprint fingerprint() {
        return ground.keys().fingerprint();
    }

    /// PEM of the hub's own CA; null where it has a certificate of another's.
    public @Nullable String caPem() {
        return ground.certificates().caPem().orElse(null);
    }

    /// The ports that are open now.
    public PortMatrix.Bound bound() {
        return bound;
    }

    public Services services() {
        return new Services(
                ground.database(),
                can.tenants,
                can.users,
                can.signIns,
                can.grants,
                can.nodes,
                can.enrolmentTokens,
                can.sessions,
                can.links);
    }

    @Override
    public void close() {
        started.close();
    }
}
