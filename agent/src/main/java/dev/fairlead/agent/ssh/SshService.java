package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.login.LoginException;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.UserAuthNoneFactory;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's SSH server. It never listens: [#serve] is given each SSH stream of the link.
public final class SshService implements AutoCloseable {

    private static final AttributeKey<List<OpenSshCertificate>> CERTIFICATE = new AttributeKey<>();

    private static final Logger LOG = LoggerFactory.getLogger(SshService.class);

    /// Bytes that a channel may hold for a program that does not read; at 50 ms of round trip this
    /// is good for 80 MB/s.
    private static final long WINDOW = 4L << 20;

    private static final long PACKET = 32L << 10;
    private static final int MAX_CHANNELS = 128;
    private static final int MAX_SESSIONS = 256;
    private static final Duration AUTH_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(8);

    /// A reader may stop for as long as they like: a pager, a stopped terminal, a laptop's lid.
    private static final Duration FOREVER = Duration.ofDays(3650);

    private final Logins logins;
    private final Reach reach;
    private final HostKey hostKey;
    private final HostCertificates certificates;
    private final NoNetwork network = new NoNetwork();
    private final SshServer server;
    private final FileServer fileServer;
    private final AtomicLong connections = new AtomicLong();
    private final Map<LinkStream, SshSession> sessions = new ConcurrentHashMap<>();

    /// @param certificates where the host certificate comes from
    public SshService(Logins logins, Reach reach, HostKey hostKey, HostCertificates certificates)
            throws IOException {
        this(logins, reach, hostKey, certificates, new FileServer());
    }

    /// @param fileServer what serves sftp
    SshService(
            Logins logins,
            Reach reach,
            HostKey hostKey,
            HostCertificates certificates,
            FileServer fileServer)
            throws IOException {
        this.fileServer = fileServer;
        this.logins = logins;
        this.reach = reach;
        this.hostKey = hostKey;
        this.certificates = certificates;
        this.server = server();
        server.start();
        String encoding = System.getProperty("sun.jnu.encoding", "");
        if (!encoding.equals("UTF-8")) {
            LOG.warn(
                    "The agent was started in a locale of {}: commands with other characters than"
                            + " ASCII will not arrive as they were typed. Start it with"
                            + " LC_ALL=C.UTF-8.",
                    encoding);
        }
    }

    private SshServer server() {
        var made =
                ServerBuilder.builder()
                        // The client's preference decides, and OpenSSH prefers chacha20 and CTR,
                        // which
                        // cost the JVM several times as much; every client of today has GCM.
                        .cipherFactories(
                                List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm))
                        .macFactories(List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm))
                        .compressionFactories(List.of(BuiltinCompressions.none))
                        .signatureFactories(
                                List.of(BuiltinSignatures.ed25519_cert, BuiltinSignatures.ed25519))
                        .keyExchangeFactories(
                                List.<DHFactory>of(
                                                BuiltinDHFactories.mlkem768x25519,
                                                BuiltinDHFactories.sntrup761x25519,
                                                BuiltinDHFactories.sntrup761x25519_openssh,
                                                BuiltinDHFactories.curve25519,
                                                BuiltinDHFactories.curve25519_libssh,
                                                BuiltinDHFactories.ecdhp256)
                                        .stream()
                                        .filter(DHFactory::isSupported)
                                        .map(ServerBuilder.DH2KEX)
                                        .toList())
                        .channelFactories(channels())
                        .globalRequestHandlers(
                                List.of(
                                        KeepAliveHandler.INSTANCE,
                                        NoMoreSessionsHandler.INSTANCE,
                                        new RemoteForwards()))
                        .build();
        // Nothing listens on it; MINA wants a number.
        made.setPort(22);
        made.setIoServiceFactoryFactory(network);
        made.setServiceFactories(
                List.of(AuthByLink.FACTORY, ServerConnectionServiceFactory.INSTANCE));
        made.setUserAuthFactories(List.of(UserAuthNoneFactory.INSTANCE));
        made.setKeyPairProvider(session -> List.of(hostKey.pair()));
        // One for all key exchanges of a session: its other side knows this node by its name of
        // then, and leaves in the middle of a copy where a later one shows another's certificate.
        made.setHostKeyCertificateProvider(
                session -> session.computeAttributeIfAbsent(CERTIFICATE, key -> certificate()));
        made.addSessionListener(
                new SessionListener() {
                    @Override
                    public void sessionException(Session session, Throwable e) {
                        LOG.info("SSH session {}: {}", session, e.toString());
                    }
                });
        CoreModuleProperties.SERVER_IDENTIFICATION.set(made, "Fairlead");
        CoreModuleProperties.AUTH_TIMEOUT.set(made, AUTH_TIMEOUT);
        // A shell may be idle for days. Whether the person is still there, the link knows.
        CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(made, FOREVER);
        CoreModuleProperties.WINDOW_SIZE.set(made, WINDOW);
        CoreModuleProperties.MAX_PACKET_SIZE.set(made, PACKET);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(made, MAX_CHANNELS);
        return made;
    }

    private List<ChannelFactory> channels() {
        return List.of(
                new ChannelFactory() {
                    @Override
                    public String getName() {
                        return "session";
                    }

                    @Override
                    public Channel createChannel(Session session) {
                        return new SessionChannel(SshSession.of(session), fileServer);
                    }
                },
                DirectChannel.factory(reach),
                RefusedChannel.factory(
                        "direct-streamlocal@openssh.com",
                        "fairlead: Unix sockets of a node are not forwarded; forward a TCP port, or"
                                + " run a program on the node that connects to the socket"));
    }

    private List<OpenSshCertificate> certificate() {
        var line = certificates.current();
        if (line.isEmpty()) {
            return List.of();
        }
        try {
            var key =
                    PublicKeyEntry.parsePublicKeyEntry(line.get())
                            .resolvePublicKey(null, null, null);
            if (key instanceof OpenSshCertificate certificate
                    && certificate.getCertPubKey().equals(hostKey.pair().getPublic())) {
                return List.of(certificate);
            }
            LOG.warn("The hub's SSH host certificate is not for this node's key; it is not shown");
        } catch (Exception e) {
            LOG.warn("The hub's SSH host certificate cannot be read; it is not shown", e);
        }
        return List.of();
    }

    /// Serves a stream of kind `ssh`: judges its login, accepts or refuses it, and starts the
    /// session. Returns at once.
    public void serve(LinkStream stream) {
        Thread.ofVirtual().name("ssh").start(() -> admit(stream));
    }

    private void admit(LinkStream stream) {
        try {
            var headers = stream.headers();
            if (!reach.ssh()) {
                stream.refuse(
                        StreamEnd.DENIED_BY_NODE,
                        "This node's policy does not allow SSH; the node's owner can add `ssh` under"
                                + " `allow:` in agent.yaml.");
                return;
            }
            if (sessions.size() >= MAX_SESSIONS) {
                stream.refuse(
                        StreamEnd.LIMIT,
                        "This node has " + MAX_SESSIONS + " SSH sessions already; end one first.");
                return;
            }
            String asked = headers.text("login");
            switch (logins.check(asked == null ? "" : asked)) {
                case Logins.Denied(String reason) ->
                        stream.refuse(StreamEnd.DENIED_BY_NODE, reason);
                case Logins.Allowed(String login) ->
                        run(
                                stream,
                                new SshSession(
                                        headers.need("session"),
                                        headers.need("user"),
                                        Login.lookUp(login),
                                        stream));
            }
        } catch (LoginException e) {
            stream.refuse(StreamEnd.DENIED_BY_NODE, e.reason());
        } catch (ProtocolException e) {
            stream.refuse(
                    StreamEnd.BAD_REQUEST, "An SSH stream was not understood: " + e.getMessage());
        } catch (IOException e) {
            LOG.error("An SSH stream could not be served", e);
            stream.refuse(
                    StreamEnd.INTERNAL, "The node could not start the session: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(LinkStream stream, SshSession session) throws InterruptedException {
        var io =
                new LinkIoSession(
                        connections.incrementAndGet(),
                        stream,
                        new Handler(server, session),
                        network,
                        new LinkAddress(session.user() + " in " + session.id()));
        sessions.put(stream, session);
        try {
            stream.listen(io);
            stream.accept(Headers.EMPTY);
            session.run(io);
        } finally {
            sessions.remove(stream);
        }
    }

    /// The sessions that are open now with this id at the hub.
    public List<SshSession> sessions(String id) {
        return sessions.values().stream().filter(session -> session.id().equals(id)).toList();
    }

    /// Ends all sessions, telling why.
    @Override
    public void close() {
        var open = List.copyOf(sessions.values());
        var ends =
                open.stream()
                        .map(session ->
                                Thread.startVirtualThread(() ->
                                        session.end(
                                                StreamEnd.GOING_AWAY,
                                                "the agent on this node is" + " stopping")))
                        .toList();
        try {
            for (var end : ends) {
                end.join();
            }
            for (var session : open) {
                session.awaitEnd(CLOSE_TIMEOUT);
            }
            server.stop(true);
        } catch (IOException e) {
            LOG.warn("The SSH server did not stop in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
