package dev.fairlead.agent.ssh;

import dev.fairlead.agent.login.Login;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.session.ConnectionService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The person's own ssh-agent, as programs of their session reach it: a Unix socket in a folder
/// that only the login can enter, each of whose connections is a channel to the person's client.
final class ForwardingAgent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ForwardingAgent.class);

    /// Where every login may pass; a path below it stays short enough for a socket (108 bytes).
    private static final Path PARENT = Path.of("/tmp");

    private static final String SOCKET = "agent.sock";

    private final SshSession session;
    private final ConnectionService service;
    private final Path folder;
    private final ServerSocketChannel server;
    private final UserPrincipal owner;

    /// Opens the socket and serves it until [#close].
    ForwardingAgent(SshSession session, ConnectionService service) throws IOException {
        this.session = session;
        this.service = service;
        this.folder =
                Files.createTempDirectory(
                        PARENT,
                        "fairlead-agent-",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // Bound while the folder is still the agent's own: nobody else can be faster.
            server.bind(UnixDomainSocketAddress.of(path()));
            give(session.login());
            this.owner = Files.getOwner(path(), LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            close();
            throw e;
        }
        Thread.ofVirtual().name("ssh-agent of " + session.id()).start(this::accept);
    }

    private void give(Login login) throws IOException {
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
        if (!login.own()) {
            for (var each : new Path[] {path(), folder}) {
                Files.setAttribute(each, "unix:gid", login.gid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(each, "unix:uid", login.uid(), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /// The value of SSH_AUTH_SOCK.
    Path path() {
        return folder.resolve(SOCKET);
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                try {
                    if (mayAsk(socket)) {
                        OutboundChannel.open(
                                session, service, "auth-agent@openssh.com", buffer -> {}, socket);
                    } else {
                        socket.close();
                    }
                } catch (IOException e) {
                    LOG.debug("A question to the agent of {} was not carried", session.id(), e);
                    socket.close();
                }
            }
        } catch (IOException e) {
            LOG.debug("The forwarded agent of session {} is closed", session.id());
        }
    }

    /// A second lock besides the folder's: the login itself, or root, who can be anybody.
    private boolean mayAsk(SocketChannel socket) throws IOException {
        var peer = socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        return peer.equals(owner) || peer.getName().equals("root");
    }

    /// Closes the socket and removes it. The folder belongs to the login, who may have put another
    /// thing in its place; so it is entered without following links and only an empty one removed.
    @Override
    public void close() throws IOException {
        server.close();
        try (var parent = Files.newDirectoryStream(PARENT)) {
            if (parent instanceof SecureDirectoryStream<Path> secure) {
                remove(secure);
            }
        } catch (FileSystemException e) {
            LOG.info(
                    "{} of session {} was changed by its login and is left: {}",
                    folder,
                    session.id(),
                    e.getMessage());
        }
    }

    private void remove(SecureDirectoryStream<Path> parent) throws IOException {
        var name = folder.getFileName();
        try (var inside = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            inside.deleteFile(Path.of(SOCKET));
        }
        parent.deleteDirectory(name);
    }
}
