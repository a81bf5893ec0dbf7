package dev.fairlead.lab.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// Sends back what it gets. One thread serves all connections, since they come and go by the
/// thousand: a thread for each would be woken three times for each, and take more of the processors
/// than the tunnel in front of it.
final class EchoTarget implements Runnable {

    private static final int CHUNK = 4 * 1024;

    private final Selector selector;
    private final ServerSocketChannel server;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(CHUNK);

    EchoTarget(InetSocketAddress address, int backlog) throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(address, backlog).configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    @Override
    public void run() {
        while (true) {
            try {
                selector.select(this::serve);
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
        } else {
            try {
                echo(key);
            } catch (IOException e) {
                // The other side has gone.
                close(key);
            }
        }
    }

    private void accept() {
        try {
            for (var one = server.accept(); one != null; one = server.accept()) {
                one.configureBlocking(false);
                one.setOption(StandardSocketOptions.TCP_NODELAY, true);
                one.register(selector, SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            // It was gone before it was accepted.
        }
    }

    /// What the other side does not take at once is kept with the key, and nothing is read until it
    /// has gone.
    private void echo(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        var rest = (@Nullable ByteBuffer) key.attachment();
        if (rest != null) {
            channel.write(rest);
            if (!rest.hasRemaining()) {
                key.attach(null);
                key.interestOps(SelectionKey.OP_READ);
            }
            return;
        }
        if (channel.read(bytes.clear()) < 0) {
            close(key);
            return;
        }
        channel.write(bytes.flip());
        if (bytes.hasRemaining()) {
            key.attach(ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip());
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // It is over either way.
        }
    }
}
