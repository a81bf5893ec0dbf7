package dev.fairlead.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.login.Login;
import dev.fairlead.agent.policy.Guarded;
import dev.fairlead.agent.policy.Logins;
import dev.fairlead.agent.policy.Reach;
import dev.fairlead.agent.policy.Rule;
import dev.fairlead.agent.policy.SystemLookup;
import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkPair;
import dev.fairlead.link.Splice;
import dev.fairlead.link.StreamEnd;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// An agent's SSH server behind a real link, and the real OpenSSH client in front: a loopback port
/// stands for the CLI's ProxyCommand, and each of its connections becomes one stream.
final class SshLab implements AutoCloseable {

    final Path dir;
    final Path home;
    final SshService service;
    final HostKey hostKey;
    final LinkPair pair;
    final int port;

    /// How streams ended, as the person's side of the link is told.
    final Queue<String> ends = new ConcurrentLinkedQueue<>();

    private final Channel listener;
    private final SystemLookup lookup = new SystemLookup(Duration.ofSeconds(5));
    private volatile String login = "";

    /// The name that the client asks for.
    volatile String user = "fairlead";

    /// What came of a program: its output and errors are whole.
    record Outcome(int code, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    SshLab(Path dir) throws Exception {
        this(dir, List.of(), Optional::empty, new FileServer(), List.of("ssh", "loopback"));
    }

    SshLab(
            Path dir,
            List<String> logins,
            HostCertificates certificates,
            FileServer fileServer,
            List<String> allow)
            throws Exception {
        this.dir = dir;
        this.home = Files.createDirectories(dir.resolve("client"));
        this.hostKey = HostKey.loadOrMake(dir.resolve("ssh_host_key"));
        var own = Login.ofAgent();
        this.service =
                new SshService(
                        new Logins(own.name(), own.uid() == 0, logins),
                        new Reach(
                                allow.stream().map(Rule::parse).toList(),
                                List.of(),
                                new Guarded(List::of, List.of(), lookup, Reach::isLocal),
                                lookup),
                        hostKey,
                        certificates,
                        fileServer);
        this.pair = new LinkPair(stream -> service.serve(stream), stream -> {});
        this.listener =
                new ServerBootstrap()
                        .group(pair.acceptor.channel().eventLoop())
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel socket) {
                                        bridge(socket);
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        this.port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void bridge(SocketChannel socket) {
        Splice.configure(socket);
        var splice =
                new Splice(
                        socket,
                        StreamEnd.CANCELLED,
                        (cause, message) -> ends.add(cause.label() + ": " + message));
        var stream =
                pair.acceptor.open(
                        Headers.of(
                                "kind",
                                "ssh",
                                "session",
                                "sess_test",
                                "user",
                                "user_test",
                                "login",
                                login),
                        splice);
        splice.start(stream);
    }

    /// The login that the hub settles for the streams from now on.
    void login(String name) {
        login = name;
    }

    /// `ssh`, `scp` or `sftp` with options that leave nothing to this machine's configuration.
    List<String> client(String program, String... arguments) {
        var argv =
                new ArrayList<>(
                        List.of(
                                program,
                                "-F",
                                "none",
                                "-o",
                                "Hostname=127.0.0.1",
                                "-o",
                                "Port=" + port,
                                "-o",
                                "UserKnownHostsFile=" + knownHosts(),
                                "-o",
                                "GlobalKnownHostsFile=/dev/null",
                                "-o",
                                "StrictHostKeyChecking=yes",
                                "-o",
                                "User=" + user,
                                "-o",
                                "HostKeyAlias=node"));
        // The first value that OpenSSH is given counts.
        argv.addAll(
                Stream.of(arguments).anyMatch(word -> word.startsWith("LogLevel="))
                        ? List.of()
                        : List.of("-o", "LogLevel=ERROR"));
        argv.addAll(List.of(arguments));
        return argv;
    }

    Path knownHosts() {
        var file = home.resolve("known_hosts");
        try {
            if (Files.notExists(file)) {
                Files.writeString(file, "node " + hostKey.publicLine() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    Outcome ssh(String... arguments) throws Exception {
        return run(new byte[0], client("ssh", arguments));
    }

    Outcome run(byte[] input, List<String> argv) throws Exception {
        return run(input, argv, Map.of());
    }

    Outcome run(byte[] input, List<String> argv, Map<String, String> environment) throws Exception {
        var process = start(argv, environment);
        try {
            var out = read(() -> process.getInputStream());
            var err = read(() -> process.getErrorStream());
            try (var in = process.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                // It ended before it had read all.
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s ends", argv).isTrue();
            return new Outcome(
                    process.exitValue(),
                    out.get(30, TimeUnit.SECONDS),
                    new String(err.get(30, TimeUnit.SECONDS), StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    Process start(List<String> argv, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(argv).directory(home.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "HOME", home.toString()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static CompletableFuture<byte[]> read(Supplier<InputStream> stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return stream.get().readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    @Override
    public void close() throws Exception {
        service.close();
        listener.close().sync();
        pair.close();
        lookup.close();
    }
}
