package dev.fairlead.agent.ssh;

import java.io.IOException;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/// A kind of channel that is not served, with a reason that the person sees.
final class RefusedChannel extends AbstractServerChannel {

    private final String reason;

    private RefusedChannel(String reason) {
        super(null);
        this.reason = reason;
    }

    static ChannelFactory factory(String kind, String reason) {
        return new ChannelFactory() {
            @Override
            public String getName() {
                return kind;
            }

            @Override
            public Channel createChannel(Session session) {
                return new RefusedChannel(reason);
            }
        };
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        refuse(this, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason);
        return new DefaultOpenFuture(this, this);
    }

    /// Refuses an opening. Sent here because MINA's own refusal has a fixed text instead of the
    /// reason; the future of the opening is then left as it is.
    static void refuse(AbstractServerChannel channel, int code, String reason) {
        var ssh = channel.getSession();
        var buffer =
                ssh.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, reason.length() + 64);
        buffer.putUInt(channel.getRecipient());
        buffer.putUInt(code);
        buffer.putString(reason);
        buffer.putString("");
        try {
            ssh.writePacket(buffer);
        } catch (IOException e) {
            ssh.exceptionCaught(e);
        }
        channel.close(true);
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) {}

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) {}
}
