package dev.fairlead.lab;

import static dev.fairlead.link.ws.Rfc6455.Breaker.CLIENT;
import static dev.fairlead.link.ws.Rfc6455.FIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairlead.link.ws.Rfc6455;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The WebSocket of a running hub: to clients that others have written, and to one that breaks RFC
/// 6455, each rule of sections 5 and 7 once. The link's own `HostileServerTest` has the same rules
/// for the dialer.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class WebSocketEndpointTest {

    private static final Path CLIENTS = Path.of("src/test/clients");
    private static final byte[] X = {'x'};

    @TempDir static Path folder;
    private static final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private static Lab lab;
    private static byte[] hello;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        var hex = new StringBuilder();
        for (var line : Files.readAllLines(Path.of("../docs/golden/hello.hex"))) {
            hex.append(line.replaceAll(" *#.*", ""));
        }
        hello = HexFormat.of().parseHex(hex);
    }

    @AfterAll
    static void stop() throws Exception {
        threads.shutdownNow();
        lab.close();
    }

    static List<Integer> codes() {
        return Rfc6455.codesThatMayBeSent();
    }

    private static RawWebSocket connect() throws Exception {
        return new RawWebSocket(lab.hub().url());
    }

    // Others' clients.

    @Test
    void pythonsWebsockets() throws Exception {
        assertThat(run("/usr/bin/python3", "-B", "websockets_client.py"))
                .isEqualTo("spoken with\ntext refused\ntoo much refused\n");
    }

    @Test
    void nodesWs() throws Exception {
        assertThat(run("node", "ws_client.js"))
                .isEqualTo("spoken with\ntext refused\ntoo much refused\n");
    }

    private static String run(String... program) throws Exception {
        var command = new java.util.ArrayList<>(List.of(program));
        command.set(command.size() - 1, CLIENTS.resolve(command.getLast()).toString());
        command.add(url());
        command.add(HexFormat.of().formatHex(hello));
        // Debian's modules, for a Node that is not Debian's.
        var environment = Map.of("NODE_PATH", "/usr/share/nodejs");
        return Programs.run(
                        Programs.builder(environment, command), new byte[0], Duration.ofSeconds(60))
                .ok();
    }

    private static String url() {
        return "wss://localhost:" + lab.hub().url().getPort() + "/link";
    }

    @Test
    void chromium() throws Exception {
        var result = new CompletableFuture<String>();
        var pages =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        pages.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        byte[] page = new byte[0];
                        if (exchange.getRequestMethod().equals("POST")) {
                            result.complete(new String(body, StandardCharsets.UTF_8));
                        } else {
                            page = Files.readAllBytes(CLIENTS.resolve("browser.html"));
                        }
                        exchange.getResponseHeaders().set("Content-Type", "text/html");
                        exchange.sendResponseHeaders(200, page.length == 0 ? -1 : page.length);
                        exchange.getResponseBody().write(page);
                    }
                });
        pages.start();
        var page =
                "http://127.0.0.1:%d/?%s,%s"
                        .formatted(
                                pages.getAddress().getPort(),
                                url(),
                                HexFormat.of().formatHex(hello));
        try (var _ =
                Programs.start(
                        Programs.builder(
                                Map.of("HOME", folder.toString()),
                                List.of(
                                        "chromium-headless-shell",
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--ignore-certificate-errors",
                                        "--user-data-dir=" + folder.resolve("chromium"),
                                        "--remote-debugging-port=0",
                                        page)))) {
            assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo("spoken with\ntext refused");
        } finally {
            pages.stop(0);
        }
    }

    // Broken rules.

    /// All at once: the hub hangs up on its own, but gives each client 2 s to do so first.
    @TestFactory
    List<DynamicTest> aBrokenRuleIsAnsweredWithItsCode() {
        return Rfc6455.broken(CLIENT).stream()
                .map(rule -> {
                    var done = CompletableFuture.runAsync(() -> mustRefuse(rule), threads);
                    return DynamicTest.dynamicTest(
                            rule.toString(), () -> done.get(60, TimeUnit.SECONDS));
                })
                .toList();
    }

    /// What comes behind the mistake is not read: no proof, no pong, no second close frame.
    private static void mustRefuse(Rfc6455.Rule rule) {
        try (var client = connect()) {
            client.write(rule.bytes());
            assertThat(client.read().closeCode()).isEqualTo(rule.code());
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.BINARY, hello));
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.PING, X));
            client.write(Rfc6455.close(CLIENT, 1000));
            client.mustEnd();
        } catch (Exception e) {
            throw new IllegalStateException(rule.toString(), e);
        }
    }

    /// 5.5.1 and 7.1.1: the code comes back, and the server closes TCP first.
    @ParameterizedTest
    @MethodSource("codes")
    void aCloseIsAnsweredWithItsOwnCode(int code) throws Exception {
        try (var client = connect()) {
            client.write(Rfc6455.close(CLIENT, code));
            assertThat(client.read().closeCode()).isEqualTo(code);
            client.mustEnd();
        }
    }

    /// 5.5.1: a close frame may be empty, and may give a reason.
    @Test
    void aCloseWithoutACodeAndWithAReason() throws Exception {
        try (var client = connect()) {
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.CLOSE));
            assertThat(client.read().closeCode()).isEqualTo(1000);
            client.mustEnd();
        }
        try (var client = connect()) {
            byte[] reason = "\u0003\u00e8gr\u00fc\u00dfe".getBytes(StandardCharsets.ISO_8859_1);
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.CLOSE, reason));
            assertThat(client.read().closeCode()).as("Latin-1 is not UTF-8").isEqualTo(1007);
        }
        try (var client = connect()) {
            byte[] text = "gr\u00fc\u00dfe \ud83d\ude00".getBytes(StandardCharsets.UTF_8);
            byte[] reason = Rfc6455.join(new byte[] {0x0F, (byte) 0xA0}, text);
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.CLOSE, reason));
            assertThat(client.read().closeCode()).isEqualTo(4000);
        }
    }

    /// 5.4, 5.5.2 and 5.5.3: fragments of any size, even none, with control frames among them;
    /// pings are answered with their bytes, pongs that nobody asked for are not answered.
    @Test
    void whatIsAllowedIsNoMistake() throws Exception {
        byte[] most = new byte[125];
        try (var client = connect()) {
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.PONG, most));
            client.write(Rfc6455.frame(CLIENT, Rfc6455.BINARY));
            for (byte part : hello) {
                client.write(Rfc6455.frame(CLIENT, Rfc6455.CONTINUATION, part));
            }
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.PING, most));
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.CONTINUATION));
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.BINARY));
            client.write(Rfc6455.frame(CLIENT, FIN | Rfc6455.PING));
            boolean proved = false;
            int pongs = 0;
            while (!proved || pongs < 2) {
                var frame = client.read();
                assertThat(frame.masked()).isFalse();
                assertThat(frame.fin()).isTrue();
                if (frame.opcode() == Rfc6455.PONG) {
                    assertThat(frame.payload()).isEqualTo(pongs == 0 ? most : new byte[0]);
                    pongs++;
                } else {
                    assertThat(frame.opcode()).isEqualTo(Rfc6455.BINARY);
                    assertThat(frame.payload()[0]).as("PROOF").isEqualTo((byte) 2);
                    proved = true;
                }
            }
            client.write(Rfc6455.close(CLIENT, 1000));
            assertThat(client.read().closeCode()).isEqualTo(1000);
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }
}
