package dev.fairlead.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `fairlead hub` as a process: what a person at a terminal gets.
class MainTest {

    @TempDir Path folder;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void passable() throws IOException {
        // PostgreSQL's user goes through to its own folder.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterEach
    void end() throws Exception {
        for (var process : started) {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private record Ended(int code, String out, String err) {}

    @Test
    void whatKeepsItFromStartingIsOneSentence() throws Exception {
        var none = run("--config", folder.resolve("no.yaml").toString());
        assertThat(none.code()).isEqualTo(78);
        assertThat(none.err()).contains("There is no configuration file");

        var typo = run("--config", yaml("lissten: {port: 1}").toString());
        assertThat(typo.code()).isEqualTo(78);
        assertThat(typo.err()).contains("line 3").contains("did you mean \"listen\"");

        assertThat(run("--what").code()).isEqualTo(2);
        assertThat(run().code()).isEqualTo(78);
        assertThat(run("reset-password", "--data", folder.resolve("none").toString()).code())
                .isEqualTo(78);
        assertThat(List.of(none, typo))
                .allSatisfy(e -> assertThat(e.err()).doesNotContain("\tat ", "Exception"));
    }

    @Test
    void itServesUntilItIsToldToEndAndOpensWhatTheMatrixSays() throws Exception {
        var config = yaml("");
        var made = run("create-admin", "ann", "--config", config.toString());
        assertThat(made.code()).as(made.err()).isZero();
        String password = made.out().strip();

        var hub = start(config);
        int port = port();
        var matrix = matrix(port, "ann", password);
        assertThat(listening(hub)).isEqualTo(ports(matrix, "in"));
        assertThat(ports(matrix, "out")).containsAll(dialled(hub));

        // A second one on the same folder, and one on the same port.
        var second = run("--config", config.toString());
        assertThat(second.code()).isEqualTo(75);
        assertThat(second.err()).doesNotContain("\tat ");
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var other = folder.resolve("other.yaml");
            Files.writeString(
                    other,
                    "names: [localhost]\ndata: other\nlisten: {address: 127.0.0.1, port: "
                            + taken.getLocalPort()
                            + "}\nobserve: {port: 0}\n");
            var inUse = run("--config", other.toString());
            assertThat(inUse.code()).as(inUse.err()).isEqualTo(78);
            assertThat(inUse.err())
                    .contains("is in use by another program")
                    .doesNotContain("\tat ");
        }

        var drained = run("drain", "--json", "--config", config.toString());
        assertThat(drained.code()).as(drained.err()).isZero();
        assertThat(drained.out()).contains("\"phase\":\"stopping\"").contains("\"stopped\"");
        assertThat(hub.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(hub.exitValue()).isZero();
        assertThat(reachable(port)).isFalse();
        var nobody = run("drain", "--config", config.toString());
        assertThat(nobody.code()).isEqualTo(69);
        assertThat(nobody.err()).contains("No hub runs on").doesNotContain("\tat ");

        var reset = run("reset-password", "ann", "--config", config.toString());
        assertThat(reset.code()).as(reset.err()).isZero();
        start(config);
        assertThat(signIn(port(), "ann", password)).isEqualTo(401);
        assertThat(signIn(port(), "ann", reset.out().strip())).isEqualTo(201);
    }

    private Path yaml(String more) throws IOException {
        return Files.writeString(
                folder.resolve("hub.yaml"),
                "names: [localhost]\nlisten: {address: 127.0.0.1, port: 0}\n"
                        + more
                        + "\nobserve: {port: 0}\nredirect: {address: 127.0.0.1, port: 0}\ndata: data\n");
    }

    private Process launch(String... args) throws IOException {
        var argv = new ArrayList<String>();
        argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        argv.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.fairlead.hub.Main"));
        argv.addAll(List.of(args));
        var process =
                new ProcessBuilder(argv)
                        .redirectError(folder.resolve("err").toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .start();
        started.add(process);
        return process;
    }

    private Ended run(String... args) throws Exception {
        var process = launch(args);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(folder.resolve("out")),
                Files.readString(folder.resolve("err")));
    }

    private Process start(Path config) throws Exception {
        Files.deleteIfExists(folder.resolve("data/listeners"));
        var process = launch("--config", config.toString());
        var log = folder.resolve("err");
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> !process.isAlive() || Files.exists(folder.resolve("data/listeners")));
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return process;
    }

    /// From the file that the hub leaves for agents on its machine.
    private int port() throws IOException {
        String first = Files.readAllLines(folder.resolve("data/listeners")).getFirst();
        return Integer.parseInt(first.substring(first.indexOf(':') + 1, first.indexOf(' ')));
    }

    private HttpClient client() throws Exception {
        return HttpClient.newBuilder()
                .sslContext(TrustPem.of(folder.resolve("data/tls/ca.pem")))
                .build();
    }

    private int signIn(int port, String user, String password) throws Exception {
        try (var client = client()) {
            return client.send(signInRequest(port, user, password), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static HttpRequest signInRequest(int port, String user, String password) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/api/v1/sign-ins"))
                .header("Content-Type", "application/json")
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}"))
                .build();
    }

    private JsonNode matrix(int port, String user, String password) throws Exception {
        try (var client = client()) {
            var signedIn =
                    JsonMapper.shared()
                            .readTree(
                                    client.send(
                                                    signInRequest(port, user, password),
                                                    BodyHandlers.ofString())
                                            .body());
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + port + "/api/v1/ports"))
                            .header("Authorization", "Bearer " + signedIn.path("token").asString())
                            .build();
            return JsonMapper.shared()
                    .readTree(client.send(request, BodyHandlers.ofString()).body())
                    .path("items");
        }
    }

    private static Set<Integer> ports(JsonNode matrix, String direction) {
        var ports = new TreeSet<Integer>();
        for (var row : matrix) {
            if (row.path("role").asString().equals("hub")
                    && row.path("direction").asString().equals(direction)) {
                ports.add(row.path("port").asInt());
            }
        }
        return ports;
    }

    /// Ports at which the process or one of its children listens.
    private static Set<Integer> listening(Process hub) throws IOException {
        var ports = new TreeSet<Integer>();
        for (var socket : sockets(hub)) {
            if (socket.listens()) {
                ports.add(socket.localPort());
            }
        }
        return ports;
    }

    /// Ports to which the hub itself has connections that it made.
    private static Set<Integer> dialled(Process hub) throws IOException {
        var listening = listening(hub);
        var ports = new TreeSet<Integer>();
        var own = inodes(hub.pid());
        for (var socket : table(hub.pid())) {
            if (own.contains(socket.inode())
                    && !socket.listens()
                    && !listening.contains(socket.localPort())) {
                ports.add(socket.remotePort());
            }
        }
        return ports;
    }

    private record Socket(String inode, boolean listens, int localPort, int remotePort) {}

    private static List<Socket> sockets(Process hub) throws IOException {
        var inodes = inodes(hub.pid());
        for (var child : hub.descendants().toList()) {
            inodes.addAll(inodes(child.pid()));
        }
        return table(hub.pid()).stream().filter(s -> inodes.contains(s.inode())).toList();
    }

    private static List<Socket> table(long pid) throws IOException {
        var all = new ArrayList<Socket>();
        for (var name : List.of("tcp", "tcp6")) {
            try (Stream<String> lines =
                    Files.lines(
                            Path.of("/proc/" + pid + "/net/" + name), StandardCharsets.US_ASCII)) {
                lines.skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .forEach(f ->
                                all.add(
                                        new Socket(
                                                f[9], f[3].equals("0A"), port(f[1]), port(f[2]))));
            }
        }
        return all;
    }

    private static int port(String hex) {
        return Integer.parseInt(hex.substring(hex.indexOf(':') + 1), 16);
    }

    private static Set<String> inodes(long pid) throws IOException {
        var inodes = new HashSet<String>();
        try (var fds = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var fd : fds) {
                try {
                    String target = Files.readSymbolicLink(fd).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                } catch (IOException e) {
                    // Closed meanwhile.
                }
            }
        }
        return inodes;
    }

    private static boolean reachable(int port) {
        try (var socket = new java.net.Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
