package dev.fairlead.link.dial;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A real proxy of this machine, started for one test.
final class ProxyProcess implements AutoCloseable {

    final int port;
    private final Process process;

    private ProxyProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    static ProxyProcess squid(Path folder, String rules) throws IOException {
        int port = freePort();
        var config =
                Files.writeString(
                        folder.resolve("squid.conf"),
                        """
                        http_port 127.0.0.1:%d
                        pid_filename none
                        cache deny all
                        cache_log %s
                        access_log none
                        coredump_dir %s
                        shutdown_lifetime 0 seconds
                        netdb_filename none
                        pinger_enable off
                        %s
                        """
                                .formatted(port, folder.resolve("cache.log"), folder, rules));
        return start(folder, port, program("squid"), "-N", "-f", config.toString());
    }

    static ProxyProcess tinyproxy(Path folder, String rules) throws IOException {
        int port = freePort();
        var config =
                Files.writeString(
                        folder.resolve("tinyproxy.conf"),
                        """
                        Port %d
                        Listen 127.0.0.1
                        Timeout 60
                        MaxClients 10
                        LogFile "%s"
                        %s
                        """
                                .formatted(port, folder.resolve("tinyproxy.log"), rules));
        return start(folder, port, program("tinyproxy"), "-d", "-c", config.toString());
    }

    private static String program(String name) {
        for (String folder : List.of("/usr/sbin", "/usr/bin")) {
            var file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw new AssertionError(
                name + " is not installed; this test needs it: apt-get install " + name);
    }

    private static ProxyProcess start(Path folder, int port, String... argv) throws IOException {
        // squid gives up root for this user, who must be able to write here.
        folder.toFile().setWritable(true, false);
        folder.toFile().setReadable(true, false);
        folder.toFile().setExecutable(true, false);
        var process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output.log").toFile())
                        .start();
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> answers(port) || exited(process, folder));
        return new ProxyProcess(port, process);
    }

    private static boolean exited(Process process, Path folder) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError(
                    "the proxy ended: " + Files.readString(folder.resolve("output.log")));
        }
        return false;
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
