package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real HTTP proxy of this machine, on one of its addresses and with names of its own.
final class LabProxy implements AutoCloseable {

    private static final String WITH_HOSTS = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";

    private final Process process;
    private final Path folder;
    private final String address;
    private final int port;

    private LabProxy(Process process, Path folder, String address, int port) {
        this.process = process;
        this.folder = folder;
        this.address = address;
        this.port = port;
    }

    /// @param hosts as /etc/hosts: whom it finds
    /// @param rules lines of squid.conf
    static LabProxy squid(Path folder, String address, Path hosts, String rules) throws Exception {
        int port = freePort(address);
        return squid(
                folder, port, "http_port %s:%d".formatted(address, port), address, hosts, rules);
    }

    private static LabProxy squid(
            Path folder, int port, String listen, String address, Path hosts, String rules)
            throws Exception {
        open(folder);
        var config =
                Files.writeString(
                        folder.resolve("squid.conf"),
                        """
                        %s
                        pid_filename none
                        cache deny all
                        hosts_file %s
                        cache_log %s/cache.log
                        access_log stdio:%s/access.log
                        coredump_dir %s
                        shutdown_lifetime 0 seconds
                        netdb_filename none
                        pinger_enable off
                        %s
                        """
                                .formatted(listen, hosts, folder, folder, folder, rules));
        return start(folder, address, port, List.of("squid", "-N", "-f", config.toString()));
    }

    /// One that ends TLS and looks inside, with certificates of a CA of its own for whatever name
    /// is asked for: `CN=Inspection of this house`. On loopback.
    static LabProxy inspectingSquid(Path folder, Path hosts) throws Exception {
        var certgen = Path.of("/usr/lib/squid/security_file_certgen");
        if (!Files.isExecutable(certgen)) {
            throw new AssertionError(
                    "this test needs squid-openssl: apt-get install squid-openssl");
        }
        open(folder);
        var key = folder.resolve("ca.key");
        var ca = folder.resolve("ca.pem");
        Programs.run(
                        new ProcessBuilder(
                                List.of(
                                        "openssl",
                                        "req",
                                        "-x509",
                                        "-newkey",
                                        "ec",
                                        "-pkeyopt",
                                        "ec_paramgen_curve:P-256",
                                        "-nodes",
                                        "-days",
                                        "2",
                                        "-subj",
                                        "/CN=Inspection of this house",
                                        "-keyout",
                                        key.toString(),
                                        "-out",
                                        ca.toString())),
                        new byte[0],
                        Duration.ofSeconds(30))
                .ok();
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        var made = folder.resolve("made");
        Programs.run(
                        new ProcessBuilder(
                                List.of(
                                        certgen.toString(),
                                        "-c",
                                        "-s",
                                        made.toString(),
                                        "-M",
                                        "4MB")),
                        new byte[0],
                        Duration.ofSeconds(30))
                .ok();
        try (var files = Files.walk(made)) {
            // Its helpers run as squid's own user.
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(
                        file,
                        PosixFilePermissions.fromString(
                                Files.isDirectory(file) ? "rwxrwxrwx" : "rw-rw-rw-"));
            }
        }
        String address = "127.0.0.1";
        int port = freePort(address);
        return squid(
                folder,
                port,
                "http_port %s:%d ssl-bump generate-host-certificates=on tls-cert=%s tls-key=%s"
                        .formatted(address, port, ca, key),
                address,
                hosts,
                """
                sslcrtd_program %s -s %s -M 4MB
                sslcrtd_children 1
                tls_outgoing_options flags=DONT_VERIFY_PEER
                ssl_bump bump all
                http_upgrade_request_protocols websocket allow all
                http_access allow all
                """
                        .formatted(certgen, made));
    }

    /// @param rules lines of tinyproxy.conf
    static LabProxy tinyproxy(Path folder, String address, Path hosts, String rules)
            throws Exception {
        open(folder);
        int port = freePort(address);
        var config =
                Files.writeString(
                        folder.resolve("tinyproxy.conf"),
                        """
                        Port %d
                        Listen %s
                        Timeout 60
                        MaxClients 10
                        LogFile "%s/access.log"
                        %s
                        """
                                .formatted(port, address, folder, rules));
        var argv =
                new ArrayList<>(
                        List.of("unshare", "--mount", "--propagation", "private", "sh", "-c"));
        argv.addAll(List.of(WITH_HOSTS, hosts.toString()));
        argv.addAll(List.of("tinyproxy", "-d", "-c", config.toString()));
        return start(folder, address, port, argv);
    }

    /// squid gives up root for a user of its own, who writes its logs.
    private static void open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static LabProxy start(Path folder, String address, int port, List<String> argv)
            throws Exception {
        var process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output.log").toFile())
                        .start();
        var proxy = new LabProxy(process, folder, address, port);
        try {
            await().atMost(Duration.ofSeconds(30)).until(proxy::answers);
            return proxy;
        } catch (RuntimeException e) {
            proxy.close();
            throw new AssertionError(Files.readString(folder.resolve("output.log")), e);
        }
    }

    private static int freePort(String address) throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(address))) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /// @param who empty, or `USER:PASSWORD@`
    String url(String who) {
        return "http://" + who + address + ":" + port;
    }

    /// What it was asked for.
    String log() throws IOException {
        return Files.readString(folder.resolve("access.log"));
    }

    @Override
    public void close() throws Exception {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
