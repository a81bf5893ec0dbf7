package dev.fairlead.agent.ssh;

import dev.fairlead.agent.policy.Logins;
import java.io.IOException;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/// Asks for no proof: the stream's OPEN says who is there and as which login, so the client's first
/// request (OpenSSH begins with the method `none`) succeeds. It only checks that the client means
/// that login.
///
/// A service and not one of MINA's methods, since MINA fails every request by `none` before it asks
/// the method.
final class AuthByLink extends ServerUserAuthService {

    private static final String CONNECTION = "ssh-connection";

    static final ServiceFactory FACTORY =
            new ServiceFactory() {
                @Override
                public String getName() {
                    return ServerUserAuthServiceFactory.DEFAULT_NAME;
                }

                @Override
                public Service create(Session session) throws IOException {
                    return new AuthByLink((ServerSession) session);
                }
            };

    private AuthByLink(ServerSession session) throws IOException {
        super(session);
    }

    @Override
    public synchronized void process(int cmd, Buffer buffer) throws Exception {
        var session = getServerSession();
        if (cmd != SshConstants.SSH_MSG_USERAUTH_REQUEST || session.isAuthenticated()) {
            return;
        }
        String asked = buffer.getString();
        String service = buffer.getString();
        String login = SshSession.of(session).login().name();
        if (!service.equals(CONNECTION)) {
            session.disconnect(
                    SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE,
                    "fairlead: only " + CONNECTION + " is served");
        } else if (asked.equals(login) || asked.equals(Logins.DEFAULT_WORD)) {
            session.signalAuthenticationSuccess(login, service, buffer);
        } else {
            session.disconnect(
                    SshConstants.SSH2_DISCONNECT_ILLEGAL_USER_NAME,
                    "fairlead: this session is for the login "
                            + login
                            + ", not for "
                            + asked.replaceAll("[^\\x21-\\x7e]", "?")
                            + "; use that name, or "
                            + Logins.DEFAULT_WORD
                            + " for the node's default login.");
        }
    }
}
