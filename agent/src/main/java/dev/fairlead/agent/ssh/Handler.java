package dev.fairlead.agent.ssh;

import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/// Makes MINA's session for one stream, bound to the person's.
final class Handler extends SessionFactory {

    private final SshSession session;

    Handler(SshServer server, SshSession session) {
        super(server);
        this.session = session;
    }

    @Override
    protected ServerSessionImpl doCreateSession(IoSession io) throws Exception {
        var made = super.doCreateSession(io);
        session.bind(made);
        return made;
    }
}
