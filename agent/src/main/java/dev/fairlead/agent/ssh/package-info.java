/// SSH without sshd: each SSH stream of the link is handed, in memory, to a server that never
/// listens.
///
/// [SshService] judges the stream's login and accepts it; [SshSession] is the person's session, fed
/// by [LinkIoSession]; [SessionChannel] starts programs as the login through
/// [dev.fairlead.agent.login.LoginProcess]; [DirectChannel], [RemoteForwards] and [ForwardingAgent]
/// carry connections.
@NullMarked
package dev.fairlead.agent.ssh;

import org.jspecify.annotations.NullMarked;
