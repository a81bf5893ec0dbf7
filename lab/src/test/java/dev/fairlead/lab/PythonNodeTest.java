package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node in another language, written from `docs/protocol.md` alone (`src/test/clients`): it reads
/// and writes the golden bytes, enrols, links, serves TCP, resumes it after a cut, and leaves. So
/// the document is enough.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class PythonNodeTest {

    private static final String PYTHON = "/usr/bin/python3";
    private static final Path CLIENTS = Path.of("src/test/clients");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Pattern LINKED = Pattern.compile("linked (\\S+) \\d+");

    @TempDir static Path folder;
    private static Lab lab;
    private static LabCli person;
    private static Programs.Running node;
    private static String name;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        person = lab.cli("admin");
        var token = Files.writeString(folder.resolve("token"), lab.enrolmentToken(Lab.TENANT));
        node = Programs.start(python("node.py", token.toString()));
        node.awaitOut("linked ");
        var linked = LINKED.matcher(node.out());
        assertThat(linked.find()).isTrue();
        name = linked.group(1);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            node.close();
        } finally {
            lab.close();
        }
    }

    private static ProcessBuilder python(String program, String argument) {
        return Programs.builder(
                Map.of(), List.of(PYTHON, "-B", CLIENTS.resolve(program).toString(), argument));
    }

    @Test
    void theGoldenBytes() throws Exception {
        var ran = Programs.run(python("golden.py", "../docs/golden"), new byte[0], PATIENCE);
        ran.ok();
        assertThat(ran.err()).containsPattern("Ran 1\\d tests").endsWith("OK\n");
    }

    /// Both directions at once, more than all windows on the way; each ends by itself.
    @Test
    void itServesTcp() throws Exception {
        byte[] sent = bytes(1, 3 << 20);
        byte[] answered = bytes(2, 2 << 20);
        try (var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var forward = forward(target.getLocalPort());
                var near = new Socket(InetAddress.getLoopbackAddress(), port(forward));
                var far = accept(target)) {
            near.setSoTimeout((int) PATIENCE.toMillis());
            var writing = write(near, sent);
            var answering = write(far, answered);
            assertThat(far.getInputStream().readAllBytes()).isEqualTo(sent);
            assertThat(near.getInputStream().readAllBytes()).isEqualTo(answered);
            writing.join();
            answering.join();
        }
        node.awaitOut("stream closed 0");
    }

    /// Cut while both directions run, and again when one has ended: whoever uses the connection
    /// notices nothing but a pause.
    @Test
    void itResumes() throws Exception {
        byte[] sent = bytes(3, 2 << 20);
        byte[] answered = bytes(4, 2 << 20);
        try (var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var forward = forward(target.getLocalPort());
                var near = new Socket(InetAddress.getLoopbackAddress(), port(forward));
                var far = accept(target)) {
            near.setSoTimeout((int) PATIENCE.toMillis());
            var writing = write(near, sent);
            far.getOutputStream().write(answered, 0, 1 << 20);
            var received = new ByteArrayOutputStream();
            received.writeBytes(far.getInputStream().readNBytes(300_000));
            cutAndResume();
            received.writeBytes(far.getInputStream().readAllBytes());
            writing.join();
            cutAndResume();
            far.getOutputStream().write(answered, 1 << 20, 1 << 20);
            far.shutdownOutput();
            assertThat(received.toByteArray()).isEqualTo(sent);
            assertThat(near.getInputStream().readAllBytes()).isEqualTo(answered);
        }
    }

    private static void cutAndResume() throws IOException {
        long before = resumed();
        node.type("cut\n");
        await().atMost(PATIENCE).until(() -> resumed() > before);
    }

    private static long resumed() {
        return node.out().lines().filter(line -> line.startsWith("resumed ")).count();
    }

    @Test
    void itRefusesAsTheDocumentSays() throws Exception {
        int nobody = Lab.freePort();
        try (var forward = forward(nobody);
                var near = new Socket(InetAddress.getLoopbackAddress(), port(forward))) {
            forward.awaitErr("127.0.0.1:" + nobody + " refused the connection");
        }
        assertThat(person.fails("exec", name, "--", "true").err()).contains("this node serves tcp");
    }

    @Test
    void itComesBackByItself() throws Exception {
        var service = lab.hub().services();
        var tenant = lab.tenantId(Lab.TENANT);
        var id = service.nodes().need(tenant, name).id();
        long before = service.links().find(tenant, id).orElseThrow().epoch();
        node.type("cut\n");
        await().atMost(PATIENCE)
                .until(() ->
                        service.links()
                                .find(tenant, id)
                                .filter(l -> l.epoch() > before)
                                .isPresent());
    }

    /// A call of its own: it leaves the fleet, and is no node any more.
    @Test
    void itLeaves() throws Exception {
        var token = Files.writeString(folder.resolve("token2"), lab.enrolmentToken(Lab.TENANT));
        try (var other = Programs.start(python("node.py", token.toString()))) {
            other.awaitOut("linked ");
            other.type("leave\n");
            other.awaitOut("left");
            assertThat(other.exit(PATIENCE)).as(other.err()).isZero();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(person.ok("nodes").lines()).hasSize(2));
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Programs.Running forward(int target) throws IOException {
        var forward = person.start("forward", name, "0:127.0.0.1:" + target);
        forward.awaitOut("Listening on");
        return forward;
    }

    private static int port(Programs.Running forward) {
        return Forwarded.ports(forward.out()).getFirst();
    }

    private static Socket accept(ServerSocket target) throws IOException {
        target.setSoTimeout((int) PATIENCE.toMillis());
        var socket = target.accept();
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static Thread write(Socket to, byte[] bytes) {
        return Thread.startVirtualThread(() -> {
            try {
                to.getOutputStream().write(bytes);
                to.shutdownOutput();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
