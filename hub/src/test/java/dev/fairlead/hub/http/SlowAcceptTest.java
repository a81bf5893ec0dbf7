package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Who is let in when, with a clock that the test moves.
class SlowAcceptTest {

    private final SlowAccept door = new SlowAccept(1, 2);
    private final EmbeddedChannel listening = new EmbeddedChannel(door.new AtTheDoor());

    /// A connection that the kernel has, and no event loop yet.
    private EmbeddedChannel comes() {
        var connection =
                new EmbeddedChannel(
                        DefaultChannelId.newInstance(), false, false, new ChannelHandler[0]);
        listening.writeInbound(connection);
        return connection;
    }

    /// Without TLS its handshake is over as soon as it begins.
    private void isThrough(EmbeddedChannel connection) throws Exception {
        connection.register();
        listening.runPendingTasks();
    }

    private void aPause() {
        listening.advanceTimeBy(5, TimeUnit.MILLISECONDS);
        listening.runScheduledPendingTasks();
    }

    @Test
    void theyAreLetInAsTheyCameAndOneTooManyIsClosed() throws Exception {
        var first = comes();
        assertThat(listening.<Object>readInbound()).isSameAs(first);
        assertThat(door.unfinished()).isEqualTo(1);
        assertThat(door.waits()).isZero();
        var second = comes();
        var third = comes();
        assertThat(listening.<Object>readInbound()).isNull();
        assertThat(door.waiting()).isEqualTo(2);
        assertThat(door.waits()).isEqualTo(2);
        var fourth = comes();
        assertThat(fourth.isOpen()).isFalse();
        assertThat(third.isOpen()).isTrue();
        assertThat(door.waiting()).isEqualTo(2);
        isThrough(first);
        assertThat(listening.<Object>readInbound()).isSameAs(second);
        assertThat(listening.<Object>readInbound()).isNull();
        isThrough(second);
        assertThat(listening.<Object>readInbound()).isSameAs(third);
        isThrough(third);
        assertThat(door.unfinished()).isZero();
        assertThat(door.waiting()).isZero();
    }

    @Test
    void whoSaysNothingKeepsNobodyOut() {
        var silent = comes();
        var next = comes();
        assertThat(listening.<Object>readInbound()).isSameAs(silent);
        assertThat(listening.<Object>readInbound()).isNull();
        aPause();
        assertThat(listening.<Object>readInbound()).isSameAs(next);
        assertThat(door.unfinished()).isEqualTo(2);
    }

    @Test
    void whoComesOrWaitsWhenTheHubStopsIsClosed() {
        comes();
        var second = comes();
        door.shut();
        assertThat(comes().isOpen()).isFalse();
        listening.close();
        assertThat(second.isOpen()).isFalse();
        assertThat(door.waiting()).isZero();
    }
}
