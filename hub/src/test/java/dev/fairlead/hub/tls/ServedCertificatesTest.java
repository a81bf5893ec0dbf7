package dev.fairlead.hub.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Cidr;
import dev.fairlead.hub.ConfigException;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubLimits;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedCertificatesTest {

    @TempDir Path folder;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothEnginesServeTheChainOfTheLocalCa(boolean boringSsl) throws Exception {
        try (var certificates = start(HubConfig.local(folder, 0))) {
            var server =
                    serve(new TlsEngine(certificates, folder.resolve("tickets"), 10, boringSsl));

            for (var protocol : TlsEngine.PROTOCOLS) {
                var session = handshake(server.actualPort(), protocol);
                assertThat(session.getProtocol()).isEqualTo(protocol);
                assertThat(TlsEngine.CIPHERS).contains(session.getCipherSuite());
                assertThat(session.getPeerCertificates())
                        .containsExactlyElementsOf(certificates.pair().chain());
            }
            assertThatThrownBy(() -> handshake(server.actualPort(), "TLSv1.1"))
                    .isInstanceOf(Exception.class);
            assertThat(certificates.leafHashes()).containsExactly(certificates.pair().leafHash());
            assertThat(certificates.caPem().orElseThrow())
                    .isEqualTo(Files.readString(folder.resolve("tls/ca.pem")));
        }
    }

    @Test
    void whoSaysNothingIsClosedAfterTheConfiguredTime() throws Exception {
        try (var certificates = start(HubConfig.local(folder, 0))) {
            var server = serve(new TlsEngine(certificates, folder.resolve("tickets"), 1));
            try (var silent = new Socket("127.0.0.1", server.actualPort())) {
                // Well below the default.
                silent.setSoTimeout(9_000);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void filesAreServedAndReadAgainWhenTheyChange(String algorithm) throws Exception {
        var first = Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("k.pem"), algorithm);
        try (var certificates = start(files())) {
            var engine = new TlsEngine(certificates, folder.resolve("tickets"), 10);
            var server = serve(engine);
            certificates.onChange(() ->
                    server.updateSSLOptions(engine.options(), true)
                            .toCompletionStage()
                            .toCompletableFuture()
                            .join());
            assertThat(leaf(server)).isEqualTo(first.leaf());

            certificates.look();
            assertThat(certificates.leafHashes()).containsExactly(first.leafHash());
            var second = Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("k.pem"), "EC");
            certificates.look();

            assertThat(leaf(server)).isEqualTo(second.leaf());
            assertThat(certificates.leafHashes())
                    .containsExactly(second.leafHash(), first.leafHash());
            assertThat(certificates.caPem()).isEmpty();
        }
    }

    @Test
    void aBrokenNewPairLeavesTheOldOneInPlace() throws Exception {
        var first = Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("k.pem"), "EC");
        try (var certificates = start(files())) {
            Files.writeString(folder.resolve("k.pem"), "nonsense");
            certificates.look();
            assertThat(certificates.pair()).isEqualTo(first);

            Files.delete(folder.resolve("c.pem"));
            certificates.look();
            assertThat(certificates.pair()).isEqualTo(first);

            // The key of one pair with the certificate of another: the moment between two writes.
            Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("other.pem"), "EC");
            certificates.look();
            assertThat(certificates.pair()).isEqualTo(first);

            Files.copy(
                    folder.resolve("other.pem"),
                    folder.resolve("k.pem"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            certificates.look();
            assertThat(certificates.pair()).isNotEqualTo(first);
        }
    }

    @Test
    void filesThatCannotBeUsedStopTheStart() throws Exception {
        assertThatThrownBy(() -> start(files()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no file")
                .hasMessageContaining("c.pem");
        Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("other.pem"), "EC");
        Forge.selfSigned(folder.resolve("other-c.pem"), folder.resolve("k.pem"), "EC");
        assertThatThrownBy(() -> start(files()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the private key is not the one of the first certificate");
    }

    @Test
    void behindALoadBalancerItsCertificatesCount() throws Exception {
        var balancer = Forge.selfSigned(folder.resolve("lb.pem"), folder.resolve("lb.key"), "EC");
        var config =
                new HubConfig(
                        List.of("localhost"),
                        new HubConfig.Listen("127.0.0.1", 0),
                        443,
                        null,
                        null,
                        List.of(Cidr.parse("127.0.0.1")),
                        List.of(folder.resolve("lb.pem")),
                        folder,
                        HubConfig.Database.OWN,
                        new HubConfig.Observe("127.0.0.1", 0),
                        HubLimits.DEFAULT,
                        HubConfig.Resume.DEFAULT);
        try (var certificates = start(config)) {
            assertThat(certificates.leafHashes()).containsExactly(balancer.leafHash());
            assertThatThrownBy(certificates::pair).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aSessionIsResumedAfterARestartButNotByAnotherCertificate() throws Exception {
        var client = SSLContext.getInstance("TLS");
        client.init(null, new TrustManager[] {new Anyone()}, null);
        Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("k.pem"), "EC");
        int port;
        long first;
        try (var certificates = start(files())) {
            var server = serve(new TlsEngine(certificates, folder.resolve("tickets"), 10), 0);
            port = server.actualPort();
            first = ask(client, port).getCreationTime();
            assertThat(ask(client, port).getCreationTime()).isEqualTo(first);
            close(server);
        }
        try (var certificates = start(files())) {
            var server = serve(new TlsEngine(certificates, folder.resolve("tickets"), 10), port);
            var resumed = ask(client, port);
            assertThat(resumed.getCreationTime()).isEqualTo(first);
            assertThat(resumed.getPeerCertificates()[0]).isEqualTo(certificates.pair().leaf());
            close(server);
        }
        Forge.selfSigned(folder.resolve("c.pem"), folder.resolve("k.pem"), "EC");
        try (var certificates = start(files())) {
            var server = serve(new TlsEngine(certificates, folder.resolve("tickets"), 10), port);
            var fresh = ask(client, port);
            assertThat(fresh.getCreationTime()).isNotEqualTo(first);
            assertThat(fresh.getPeerCertificates()[0]).isEqualTo(certificates.pair().leaf());
            close(server);
        }
    }

    @Test
    void ticketKeysSealForADayAndOpenForAnother() throws Exception {
        var clock = new MovingClock(java.time.Instant.parse("2026-11-21T12:00:00Z"));
        var keys = new TicketKeys(folder.resolve("tickets"), clock, new SecureRandom());
        byte[] leaf = new byte[32];
        var first = keys.of(leaf);
        assertThat(first).hasSize(1);
        assertThat(names(keys.of(leaf))).isEqualTo(names(first));
        clock.move(Duration.ofHours(25));
        var second = keys.of(leaf);
        assertThat(second).hasSize(2);
        assertThat(second[1].name()).isEqualTo(first[0].name());
        clock.move(Duration.ofHours(25));
        var third = keys.of(leaf);
        assertThat(third).hasSize(2);
        assertThat(third[1].name()).isEqualTo(second[0].name());
        // Of another certificate, and of a file that makes no sense, nothing is taken over.
        byte[] other = {1};
        assertThat(keys.of(other)).hasSize(1);
        Files.writeString(folder.resolve("tickets"), "nonsense");
        assertThat(keys.of(other)).hasSize(1);
        assertThat(Files.getPosixFilePermissions(folder.resolve("tickets")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }

    private static List<String> names(OpenSslSessionTicketKey[] keys) {
        return Arrays.stream(keys).map(key -> HexFormat.of().formatHex(key.name())).toList();
    }

    /// A request and its answer: a ticket comes behind the handshake.
    private static SSLSession ask(SSLContext client, int port) throws Exception {
        try (var socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes())).contains("here");
            return socket.getSession();
        }
    }

    private static void close(HttpServer server) throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private ServedCertificates start(HubConfig config) throws Exception {
        return ServedCertificates.start(config, Clock.systemUTC(), new SecureRandom());
    }

    private HubConfig files() {
        return new HubConfig(
                List.of("localhost"),
                new HubConfig.Listen("127.0.0.1", 0),
                0,
                null,
                new HubConfig.Tls(folder.resolve("c.pem"), folder.resolve("k.pem")),
                List.of(),
                List.of(),
                folder,
                HubConfig.Database.OWN,
                new HubConfig.Observe("127.0.0.1", 0),
                HubLimits.DEFAULT,
                HubConfig.Resume.DEFAULT);
    }

    private HttpServer serve(TlsEngine engine) throws Exception {
        return serve(engine, 0);
    }

    private HttpServer serve(TlsEngine engine, int port) throws Exception {
        var options = new HttpServerOptions().setHost("127.0.0.1").setPort(port).setSsl(true);
        options.setSslEngineOptions(engine);
        options.setSslHandshakeTimeout(engine.options().getSslHandshakeTimeout());
        options.setKeyCertOptions(engine.options().getKeyCertOptions());
        return vertx.createHttpServer(options)
                .requestHandler(request -> request.response().end("here"))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static X509Certificate leaf(HttpServer server) throws Exception {
        return (X509Certificate) handshake(server.actualPort(), "TLSv1.3").getPeerCertificates()[0];
    }

    private static SSLSession handshake(int port, String protocol) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anyone()}, null);
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setSoTimeout(30_000);
            socket.startHandshake();
            return socket.getSession();
        } catch (SSLException e) {
            throw new IllegalStateException(protocol, e);
        }
    }

    /// A test looks at the certificate itself.
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
