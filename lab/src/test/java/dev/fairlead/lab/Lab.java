package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.OutboundProxy;
import dev.fairlead.hub.Hub;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubParts;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.dial.ProxySettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/// A hub in this process with its own PostgreSQL, an administrator of the hub, and as many tenants,
/// nodes and people as a scenario makes. Everything lies in one folder and ends with [#close].
final class Lab implements AutoCloseable {

    static final String PASSWORD = "correct horse battery";
    static final String TENANT = "default";

    private final Path folder;
    private final Deque<AutoCloseable> closing = new ConcurrentLinkedDeque<>();
    private HubConfig config;
    private final ShiftedClock clock = new ShiftedClock();
    private final Grants.Wanted everything;
    private Hub hub;

    /// @param folder an empty one; agents' logins must be able to pass through it
    Lab(Path folder) throws IOException {
        this(folder, UnaryOperator.identity());
    }

    /// @param configure changes what a hub for this machine alone is configured as
    Lab(Path folder, UnaryOperator<HubConfig> configure) throws IOException {
        this(folder, configure, Duration.ZERO);
    }

    /// @param ahead how much the hub's clock is
    Lab(Path folder, UnaryOperator<HubConfig> configure, Duration ahead) throws IOException {
        this.folder = folder;
        this.clock.setAhead(ahead);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.config =
                configure.apply(
                        HubConfig.local(folder.resolve("hub"), freePort())
                                .withObserve(new HubConfig.Observe("127.0.0.1", 0)));
        if (config.database().url() == null) {
            LabPostgres.giveTo(config.data());
        }
        this.hub = Hub.start(config, parts());
        var admin =
                hub.services()
                        .users()
                        .create(Actor.HUB, TenantId.SYSTEM, new Name("admin"), PASSWORD);
        this.everything =
                new Grants.Wanted(admin.id().text(), Role.ADMIN, Selector.ALL, Logins.ANY);
        hub.services().grants().give(Actor.HUB, TenantId.SYSTEM, everything);
        tenant(TENANT);
        grantAdmin(TENANT);
    }

    /// Lets the hub's administrator do everything in a tenant.
    void grantAdmin(String tenant) {
        hub.services().grants().give(Actor.HUB, tenantId(tenant), everything);
    }

    /// A port that nobody listens on, and that the kernel gives to no outgoing connection before it
    /// is listened on: those are above 32,767 (ip(7), `ip_local_port_range`).
    static int freePort() throws IOException {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Another one.
            }
        }
        throw new IOException("no port is free");
    }

    private HubParts parts() {
        return HubParts.standard(folder.resolve("packages")).withClock(clock);
    }

    Hub hub() {
        return hub;
    }

    /// The hub's clock.
    ShiftedClock clock() {
        return clock;
    }

    /// PEM of the CA that people trust.
    String ca() {
        return Objects.requireNonNull(hub.caPem());
    }

    /// The API, in this process.
    ///
    /// @param token of a sign-in or an API token
    HubApi api(String token) throws IOException {
        return new HubApi(
                hub.url(),
                Files.writeString(folder.resolve("ca.pem"), ca()),
                token,
                new OutboundProxy(ProxySettings.none()),
                Clock.systemUTC());
    }

    /// A fresh sign-in.
    ///
    /// @param user as [#cli]
    String signIn(String user) {
        return hub.services().signIns().signIn(user, PASSWORD, "127.0.0.1", null).token();
    }

    Path folder() {
        return folder;
    }

    /// Stops the hub and starts it again on the same data and port.
    void restartHub() {
        hub.close();
        startHub();
    }

    /// The same with another configuration from now on.
    void restartHub(UnaryOperator<HubConfig> change) {
        config = change.apply(config);
        restartHub();
    }

    /// Starts a hub that was stopped, or killed as a program of its own.
    void startHub() {
        hub = Hub.start(config, parts());
    }

    /// Stops the hub of this process, and starts one as a program of its own on the same data and
    /// port. When that is over, [#startHub] is due.
    Programs.Running hubAsProgram() throws IOException {
        return hubAsProgram(Map.of());
    }

    /// @param environment what is set besides
    Programs.Running hubAsProgram(Map<String, String> environment) throws IOException {
        hub.close();
        return startProgram("", environment);
    }

    /// Starts a hub as a program, where none runs.
    ///
    /// @param more lines of its configuration
    Programs.Running startProgram(String more) throws IOException {
        return startProgram(more, Map.of());
    }

    /// @param environment what is set besides
    Programs.Running startProgram(String more, Map<String, String> environment) throws IOException {
        int port = config.listen().port();
        var file = folder.resolve("hub.yaml");
        Files.writeString(
                file,
                """
                names: [localhost, 127.0.0.1, "::1"]
                listen: {address: 127.0.0.1, port: %d}
                data: %s
                observe: {address: 127.0.0.1, port: 0}
                """
                                .formatted(port, config.data())
                        + more);
        var whole = new HashMap<>(environment);
        whole.put("HOME", folder.toString());
        var program =
                Programs.start(
                        Programs.builder(
                                whole,
                                List.of(
                                        Programs.LAUNCHER.toString(),
                                        "hub",
                                        "--config",
                                        file.toString())));
        closing.push(program);
        awaitListening();
        return program;
    }

    /// Waits until a hub accepts connections.
    void awaitListening() {
        int port = config.listen().port();
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> {
                    new Socket(InetAddress.getLoopbackAddress(), port).close();
                    return true;
                });
    }

    /// The administrator, as the services know them.
    Principal administrator() {
        return hub.services().signIns().signIn("admin", PASSWORD, "127.0.0.1", null).principal();
    }

    TenantId tenant(String name) {
        return hub.services().tenants().create(Actor.HUB, new Name(name)).id();
    }

    TenantId tenantId(String name) {
        return hub.services().tenants().find(name).orElseThrow().id();
    }

    /// A user of a tenant with one grant.
    void user(String tenant, String name, Role role, Selector selector, Logins logins) {
        var id = tenantId(tenant);
        var user = hub.services().users().create(Actor.HUB, id, new Name(name), PASSWORD);
        hub.services()
                .grants()
                .give(Actor.HUB, id, new Grants.Wanted(user.id().text(), role, selector, logins));
    }

    /// The text of a token that admits one node.
    String enrolmentToken(String tenant) {
        return hub.services()
                .enrolmentTokens()
                .create(
                        Actor.HUB,
                        tenantId(tenant),
                        new EnrolmentTokens.Wanted(1, Duration.ofHours(1), Labels.NONE, null))
                .text();
    }

    /// A node that has joined and runs.
    LabAgent agent(String tenant, String folderName) throws Exception {
        var agent = LabAgent.join(this, tenant, folder.resolve(folderName), "");
        closing.push(agent);
        agent.run();
        return agent;
    }

    /// The same, whose agent dials the hub by way of a proxy.
    LabAgent agent(String tenant, String folderName, FaultProxy by) throws Exception {
        var agent =
                LabAgent.join(
                        this,
                        tenant,
                        folder.resolve(folderName),
                        "profile: node\nhub: [\"" + by.url() + "\"]\n");
        closing.push(agent);
        agent.run();
        return agent;
    }

    /// A network in front of the hub that can be broken.
    FaultProxy proxy() {
        var proxy = new FaultProxy(config.listen().port());
        closing.push(proxy);
        return proxy;
    }

    /// A person at a command line of their own, signed in.
    ///
    /// @param user `NAME` for the hub's staff, else `NAME@TENANT`
    LabCli cli(String user) throws Exception {
        return cli(user, Map.of());
    }

    /// @param environment what is set besides for every program of this person
    LabCli cli(String user, Map<String, String> environment) throws Exception {
        return cli(
                user,
                new LabCli(folder.resolve("home-" + user.replace('@', '-')), environment),
                hub.url());
    }

    /// The same, for whom a proxy is the hub.
    LabCli cli(String user, FaultProxy by) throws Exception {
        String home = "home-" + user.replace('@', '-') + "-" + by.url().getPort();
        return cli(user, new LabCli(folder.resolve(home)), by.url());
    }

    private LabCli cli(String user, LabCli cli, URI at) throws Exception {
        closing.push(cli);
        cli.run(
                        PASSWORD + "\n",
                        "login",
                        at + "#" + hub.fingerprint(),
                        "--user",
                        user,
                        "--password-stdin")
                .ok();
        return cli;
    }

    @Override
    public void close() throws Exception {
        for (var part = closing.poll(); part != null; part = closing.poll()) {
            part.close();
        }
        hub.close();
    }
}
