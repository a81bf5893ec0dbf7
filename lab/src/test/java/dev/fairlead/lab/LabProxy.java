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
        open(folder);
        int port = freePort(address);
        var config =
                Files.writeString(
                        folder.resolve("squid.conf"),
                        """
                        http_port %s:%d
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
                                .formatted(address, port, hosts, folder, folder, folder, rules));
        return start(folder, address, port, List.of("squid", "-N", "-f", config.toString()));
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
