package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What Prometheus reads of a hub that has something to do.
@Timeout(180)
class MetricsTest {

    @TempDir static Path folder;
    private static Lab lab;
    private static LabAgent node;
    private static LabCli admin;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        node = lab.agent(Lab.TENANT, "node");
        admin = lab.cli("admin");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void theyAreWhatTheDocumentSaysAndNameNobody() throws Exception {
        whatIsOpenIsCounted();
        nonsense();
        admin.run("0123456789", "exec", node.name(), "--", "cat").ok();
        admin.fails("exec", "no-such-node", "--", "true");
        var wrong =
                admin.run(
                        "wrong",
                        "--profile",
                        "other",
                        "login",
                        lab.hub().url() + "#" + lab.hub().fingerprint(),
                        "--user",
                        "admin",
                        "--password-stdin");
        assertThat(wrong.exit()).isEqualTo(3);

        // The node has told its policy, and the client links are closed.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    assertThat(value("fairlead_links", "role=\"node\"")).isEqualTo(1);
                    assertThat(value("fairlead_links", "role=\"client\"")).isZero();
                    assertThat(value("fairlead_links_memory_bytes", "")).isZero();
                    assertThat(value("fairlead_handshakes_total", "outcome=\"welcome\""))
                            .isEqualTo(5);
                    assertThat(value("fairlead_handshakes_total", "outcome=\"protocol\""))
                            .isEqualTo(1);
                    assertThat(
                                    value(
                                            "fairlead_refused_total",
                                            "act=\"link.refuse\",reason=\"protocol\""))
                            .isEqualTo(1);
                    assertThat(value("fairlead_handshakes_open", "")).isZero();
                    assertThat(value("fairlead_streams_opened_total", "kind=\"exec\""))
                            .isEqualTo(3);
                    assertThat(value("fairlead_streams_open", "kind=\"exec\"")).isZero();
                    assertThat(
                                    value(
                                            "fairlead_streams_ended_total",
                                            "cause=\"done\",kind=\"exec\""))
                            .isEqualTo(2);
                    assertThat(
                                    value(
                                            "fairlead_streams_ended_total",
                                            "cause=\"denied\",kind=\"exec\""))
                            .isEqualTo(1);
                    assertThat(value("fairlead_relayed_bytes_total", "direction=\"to-node\""))
                            .isGreaterThanOrEqualTo(10);
                    assertThat(value("fairlead_relayed_bytes_total", "direction=\"from-node\""))
                            .isGreaterThanOrEqualTo(10);
                    assertThat(
                                    value(
                                            "fairlead_calls_seconds_count",
                                            "method=\"policy\",outcome=\"done\""))
                            .isEqualTo(1);
                    assertThat(
                                    value(
                                            "fairlead_refused_total",
                                            "act=\"sign-in\",reason=\"wrong-credentials\""))
                            .isEqualTo(1);
                });

        String all = scrape();
        assertThat(names(all)).isEqualTo(documented());
        assertThat(all).doesNotContain("\"" + node.name() + "\"").doesNotContain("admin");
    }

    private static void whatIsOpenIsCounted() throws Exception {
        var process =
                admin.fairlead("exec", node.name(), "--", "sh", "-c", "echo started; cat").start();
        try {
            String first = process.inputReader().readLine();
            if (first == null) {
                throw new AssertionError(
                        new String(
                                process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            assertThat(first).isEqualTo("started");
            assertThat(value("fairlead_streams_open", "kind=\"exec\"")).isEqualTo(1);
            assertThat(value("fairlead_links", "role=\"client\"")).isEqualTo(1);
            assertThat(value("fairlead_links_memory_bytes", "")).isPositive();
            process.getOutputStream().close();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    /// Somebody who upgrades to a link and then says what is no handshake.
    private static void nonsense() throws Exception {
        var hub = lab.hub().url();
        try (var socket =
                trusting(lab.ca()).getSocketFactory().createSocket("localhost", hub.getPort())) {
            var out = socket.getOutputStream();
            out.write(
                    """
                    GET /link HTTP/1.1\r
                    Host: localhost\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Protocol: fairlead.1\r
                    Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                    \r
                    """
                            .getBytes(StandardCharsets.US_ASCII));
            var in = socket.getInputStream();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            assertThat(head.toString()).startsWith("HTTP/1.1 101");
            // A binary message under a mask of zeros: type 99, of no length.
            out.write(new byte[] {(byte) 0x82, (byte) 0x84, 0, 0, 0, 0, 99, 0, 0, 0});
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("protocol");
        }
    }

    private static SSLContext trusting(String pem) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        var trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusts.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trusts.getTrustManagers(), null);
        return context;
    }

    private static String scrape() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:"
                                                    + lab.hub().bound().observe()
                                                    + "/metrics"))
                            .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    /// The value of one series; below zero where there is none.
    private static double value(String name, String labels) throws Exception {
        String series = name + (labels.isEmpty() ? "" : "{" + labels + "}") + " ";
        return scrape().lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(-1);
    }

    private static Set<String> names(String scraped) {
        var names = new TreeSet<String>();
        scraped.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .forEach(line -> names.add(line.split(" ")[2]));
        return names;
    }

    private static Set<String> documented() throws Exception {
        var names = new TreeSet<String>();
        var row = Pattern.compile("^\\| `(fairlead_\\w+)` \\|", Pattern.MULTILINE);
        var rows = row.matcher(Files.readString(Path.of("../docs/metrics.md")));
        while (rows.find()) {
            names.add(rows.group(1));
        }
        return names;
    }
}
