package dev.fairlead.agent.ssh;

import java.net.SocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.jspecify.annotations.Nullable;

/// MINA's network, which here neither listens nor dials: connections are streams of the link, and
/// forwarding has sockets of its own, behind the node's policy.
final class NoNetwork extends AbstractCloseable
        implements IoServiceFactoryFactory, IoServiceFactory, IoAcceptor {

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        return this;
    }

    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {}

    @Override
    public IoAcceptor createAcceptor(IoHandler handler) {
        return this;
    }

    @Override
    public IoConnector createConnector(IoHandler handler) {
        throw new UnsupportedOperationException("the SSH server of an agent dials nothing itself");
    }

    @Override
    public void bind(Collection<? extends SocketAddress> addresses) {}

    @Override
    public void bind(SocketAddress address) {}

    @Override
    public void unbind(Collection<? extends SocketAddress> addresses) {}

    @Override
    public void unbind(SocketAddress address) {}

    @Override
    public void unbind() {}

    @Override
    public Set<SocketAddress> getBoundAddresses() {
        return Set.of();
    }

    @Override
    public Map<Long, IoSession> getManagedSessions() {
        return Map.of();
    }

    @Override
    public @Nullable IoServiceEventListener getIoServiceEventListener() {
        return null;
    }

    @Override
    public void setIoServiceEventListener(@Nullable IoServiceEventListener listener) {}
}
