package dev.fairlead.link;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LoopbackTest {

    /// TCP_CONGESTION of linux/tcp.h; names have at most 15 characters.
    private static final RawUnixChannelOption CONGESTION_CONTROL =
            new RawUnixChannelOption("TCP_CONGESTION", 6, 13, 16);

    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 1);
    private static final InetSocketAddress HERE_6 = new InetSocketAddress("::1", 1);
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.1", 1);

    @BeforeAll
    static void onLinux() {
        assumeTrue(Epoll.isAvailable(), "needs epoll");
    }

    private static String congestionControl(Channel socket) {
        var name = ByteBuffer.allocate(16);
        name.put(Objects.requireNonNull(socket.config().getOption(CONGESTION_CONTROL)).duplicate());
        return new String(name.array(), US_ASCII).split("\0")[0];
    }

    @Test
    void aSocketToThisMachineDoesNotPace() {
        for (var address : new InetSocketAddress[] {HERE, HERE_6}) {
            var socket = new EpollSocketChannel();
            try {
                Loopback.configure(socket, address);
                assertThat(congestionControl(socket)).isEqualTo("reno");
            } finally {
                socket.unsafe().closeForcibly();
            }
        }
    }

    @Test
    void aSocketToAnotherMachineKeepsWhatItsAdministratorChose() {
        var socket = new EpollSocketChannel();
        try {
            String before = congestionControl(socket);
            Loopback.configure(socket, ELSEWHERE);
            Loopback.configure(socket, InetSocketAddress.createUnresolved("localhost", 1));
            assertThat(congestionControl(socket)).isEqualTo(before);
        } finally {
            socket.unsafe().closeForcibly();
        }
    }

    @Test
    void whatListensOnThisMachinePassesItOn() {
        var socket = new EpollServerSocketChannel();
        try {
            Loopback.configure(socket, HERE);
            assertThat(congestionControl(socket)).isEqualTo("reno");
        } finally {
            socket.unsafe().closeForcibly();
        }
    }

    @Test
    void aClosedSocketAndOtherTransportsAreLeftAlone() {
        var closed = new EpollSocketChannel();
        closed.unsafe().closeForcibly();
        assertThatCode(() -> Loopback.configure(closed, HERE)).doesNotThrowAnyException();
        assertThatCode(() -> Loopback.configure(new EmbeddedChannel(), HERE))
                .doesNotThrowAnyException();
    }
}
