package dev.fairlead.lab;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.cli.ssh.Launcher;
import dev.fairlead.cli.ssh.SshFiles;
import dev.fairlead.cli.stream.HubLink;
import dev.fairlead.cli.stream.Opening;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.Splice;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.dial.ProxySettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// A person who is signed in, with a stream of every kind open: those of a client link and of
/// events in this process, where it can be told to the millisecond when they end, and a terminal by
/// the real OpenSSH, to see what the person sees.
final class Person implements AutoCloseable {

    private final String tenant;
    private final String token;
    private final LabCli cli;
    private final HubApi api;
    private final HubLink links;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final Map<String, Watched> streams = new LinkedHashMap<>();
    private final Map<String, Watched> events = new LinkedHashMap<>();
    private final Watched terminal = new Watched();

    /// @param user `NAME@TENANT`
    /// @param token of a sign-in or an API token
    Person(Lab lab, String user, String tenant, String token) throws Exception {
        this(
                lab,
                user,
                tenant,
                token,
                new LabCli(lab.folder().resolve("home-" + user.replace('@', '-'))));
    }

    Person(Lab lab, String user, String tenant, String token, LabCli cli) throws Exception {
        this.tenant = tenant;
        this.token = token;
        this.cli = cli;
        closing.push(cli);
        var folder = new Folder(cli.home().resolve("fairlead"));
        folder.write(folder.file("ca.pem"), lab.ca());
        var profile = new Profile(lab.hub().url(), null, "ca.pem", user, tenant, token, null);
        folder.change(profiles -> profiles.with("default", profile));
        this.api = lab.api(token);
        closing.push(api);
        this.links =
                new HubLink(
                        "default",
                        profile,
                        folder.file("ca.pem"),
                        ProxySettings.none(),
                        dev.fairlead.link.handshake.InnerTls.AUTO,
                        Clock.systemUTC());
        closing.push(links);
        var files = new SshFiles(folder, "default", profile);
        files.writeConfig(new Launcher(List.of(Programs.LAUNCHER.toString())));
        files.trust(
                List.of(
                        api.get(HubApi.path("tenants", tenant, "ssh-host-ca"))
                                .path("knownHostsLine")
                                .asString("")));
    }

    /// A link of this person's in this process.
    Link link() throws InterruptedException {
        return links.connect((end, message) -> {});
    }

    String token() {
        return token;
    }

    HubApi api() {
        return api;
    }

    LabCli cli() {
        return cli;
    }

    /// Opens everything, and returns when all of it stands.
    ///
    /// @param audit whether this person may follow the audit
    void openAll(LabAgent node, boolean audit) throws Exception {
        var link = link();
        startTerminal(link, node);
        open(link, "ssh", Opening.ssh(tenant, node.name(), null));
        open(
                link,
                "exec",
                Opening.exec(tenant, node.name(), null, "[\"sh\",\"-c\",\"echo up; sleep 600\"]"));
        var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        closing.push(target);
        open(link, "tcp", Opening.tcp(tenant, node.name(), "127.0.0.1:" + target.getLocalPort()));
        follow("events");
        if (audit) {
            follow("audit");
        }
        terminal.awaitUp();
        for (var watched : streams.values()) {
            watched.awaitUp();
        }
        for (var watched : events.values()) {
            watched.awaitUp();
        }
    }

    private void open(Link link, String name, Headers headers) {
        var watched = new Watched();
        streams.put(name, watched);
        link.channel().eventLoop().execute(() -> watched.of(link.open(headers, watched)));
    }

    private void follow(String what) {
        var watched = new Watched();
        events.put(what, watched);
        String path =
                what.equals("audit")
                        ? HubApi.path("tenants", tenant, "audit", "stream")
                        : HubApi.path("tenants", tenant, what);
        var thread =
                Thread.startVirtualThread(() -> {
                    try {
                        api.follow(path, Query.NONE)
                                .run(
                                        watched::isUp,
                                        lost ->
                                                watched.isOver(
                                                        StreamEnd.LINK_LOST, lost.getMessage()),
                                        event -> {});
                    } catch (CliException e) {
                        watched.isOver(StreamEnd.RIGHT_ENDED, e.getMessage());
                    }
                });
        closing.push(thread::interrupt);
    }

    /// A loopback port stands for the command line's `ProxyCommand`, whose start would take longer
    /// than all the rest.
    private int sshPort(Link link, LabAgent node) throws Exception {
        var listener =
                new ServerBootstrap()
                        .group(link.channel().eventLoop())
                        .channel(EventLoops.serverSocket(link.channel().eventLoop()))
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel socket) {
                                        Splice.configure(socket);
                                        var splice =
                                                new Splice(
                                                        socket,
                                                        StreamEnd.CANCELLED,
                                                        (cause, message) -> {});
                                        splice.start(
                                                link.open(
                                                        Opening.ssh(tenant, node.name(), null),
                                                        splice));
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        closing.push(() -> listener.close().sync());
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void startTerminal(Link link, LabAgent node) throws Exception {
        var process =
                Programs.builder(
                                cli.environment(),
                                List.of(
                                        "ssh",
                                        "-F",
                                        "none",
                                        "-p",
                                        "" + sshPort(link, node),
                                        "-o",
                                        "UserKnownHostsFile=/dev/null",
                                        "-o",
                                        "StrictHostKeyChecking=no",
                                        "-o",
                                        "LogLevel=QUIET",
                                        "-tt",
                                        "fairlead@127.0.0.1",
                                        "echo up; sleep 600"))
                        .redirectErrorStream(true)
                        .start();
        closing.push(() -> {
            process.destroyForcibly();
            process.waitFor();
        });
        CompletableFuture.runAsync(
                () -> {
                    var screen = new StringBuilder();
                    try (var in = process.inputReader()) {
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            screen.append(line).append('\n');
                            if (line.equals("up")) {
                                terminal.isUp();
                            } else if (line.contains("session ended")) {
                                terminal.isOver(StreamEnd.RIGHT_ENDED, line);
                            }
                        }
                    } catch (IOException e) {
                        screen.append(e);
                    }
                    terminal.isOver(StreamEnd.INTERNAL, screen.toString());
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /// The streams of the client link, by kind.
    Map<String, Watched> streams() {
        return streams;
    }

    /// The streams of events.
    Map<String, Watched> events() {
        return events;
    }

    /// What stands on the person's terminal.
    Watched terminal() {
        return terminal;
    }

    @Override
    public void close() throws Exception {
        for (var part = closing.poll(); part != null; part = closing.poll()) {
            part.close();
        }
    }
}
