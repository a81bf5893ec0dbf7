package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/// Who is let in when, with a clock that the test moves.
class SlowAcceptTest {

    /// So that ten may be silent, and two more wait.
    private final SlowAccept door = new SlowAccept(1, 4, 10, Runnable::run);

    private final EmbeddedChannel listening = new EmbeddedChannel(door.new AtTheDoor());

    /// A connection that the kernel has, and no event loop yet.
    private EmbeddedChannel comes() {
        var connection =
                new EmbeddedChannel(
                        DefaultChannelId.newInstance(), false, false, new ChannelHandler[0]);
        listening.writeInbound(connection);
        return connection;
    }

    private void areSilent(int number) {
        for (int i = 0; i < number; i++) {
            var silent = comes();
            assertThat(listening.<Object>readInbound()).isSameAs(silent);
        }
    }

    private void aPause() {
        listening.advanceTimeBy(5, TimeUnit.MILLISECONDS);
        listening.runScheduledPendingTasks();
    }

    private static ByteBuf hello(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void whoSaysNothingTakesNoTurnAndOneTooManyIsClosed() {
        areSilent(10);
        assertThat(door.unfinished()).isZero();
        assertThat(door.waits()).isZero();
        var second = comes();
        var third = comes();
        assertThat(listening.<Object>readInbound()).isNull();
        assertThat(door.waiting()).isEqualTo(2);
        assertThat(door.waits()).isEqualTo(2);
        assertThat(comes().isOpen()).isFalse();
        assertThat(third.isOpen()).isTrue();
        assertThat(door.waiting()).isEqualTo(2);
        aPause();
        assertThat(listening.<Object>readInbound()).isSameAs(second);
        assertThat(listening.<Object>readInbound()).isNull();
        aPause();
        assertThat(listening.<Object>readInbound()).isSameAs(third);
        assertThat(door.waiting()).isZero();
    }

    @Test
    void whoSaysHelloIsReadOnWhenItIsTheirTurn() throws Exception {
        var first = comes();
        first.register();
        first.writeInbound(hello("hello"), hello(" there"));
        first.runPendingTasks();
        var read = Unpooled.buffer();
        for (ByteBuf part = first.readInbound(); part != null; part = first.readInbound()) {
            read.writeBytes(part);
            part.release();
        }
        assertThat(read.toString(StandardCharsets.US_ASCII)).isEqualTo("hello there");
        assertThat(first.config().isAutoRead()).isTrue();
        assertThat(first.pipeline().get(UntilTls.class)).isNull();
        assertThat(door.unfinished()).isZero();
    }

    private static void pass(EmbeddedChannel connection, int seconds) {
        connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();
    }

    @Test
    void whoSaysNoHelloInTimeIsClosedAndWhoWaitsForTheirTurnIsKeptLonger() throws Exception {
        var silent = comes();
        silent.register();
        pass(silent, 9);
        assertThat(silent.isOpen()).isTrue();
        pass(silent, 1);
        assertThat(silent.isOpen()).isFalse();

        var first = withTls();
        var second = withTls();
        assertThat(door.unfinished()).isEqualTo(1);
        assertThat(door.waiting()).isEqualTo(1);
        pass(first, 9);
        pass(second, 59);
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isTrue();
        // Its turn has come, and it says nothing more.
        pass(first, 1);
        assertThat(first.isOpen()).isFalse();
        second.runPendingTasks();
        pass(second, 9);
        assertThat(second.isOpen()).isTrue();
        pass(second, 1);
        assertThat(second.isOpen()).isFalse();
        assertThat(door.unfinished()).isZero();
    }

    @Test
    void whoseTurnNeverComesIsClosedInTheEnd() throws Exception {
        withTls();
        var second = withTls();
        pass(second, 60);
        assertThat(second.isOpen()).isFalse();
    }

    /// One that has begun to say its hello.
    private EmbeddedChannel withTls() throws Exception {
        var connection = comes();
        var engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(false);
        var tls = new SslHandler(engine);
        tls.setHandshakeTimeoutMillis(0);
        connection.pipeline().addLast(tls);
        connection.register();
        connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 1, 0, 1}));
        connection.runPendingTasks();
        return connection;
    }

    @Test
    void theyMakeRoomForTheNextByTheirHelloOrTheirEnd() throws Exception {
        var speaks = comes();
        var hangsUp = comes();
        listening.readInbound();
        listening.readInbound();
        areSilent(8);
        var next = comes();
        comes();
        speaks.register();
        speaks.writeInbound(hello("hello"));
        hangsUp.register();
        hangsUp.close();
        assertThat(listening.<Object>readInbound()).isNull();
        aPause();
        assertThat(listening.<Object>readInbound()).isSameAs(next);
        assertThat(listening.<Object>readInbound()).isNotNull();
        assertThat(door.waiting()).isZero();
        speaks.finishAndReleaseAll();
    }

    @Test
    void whoComesOrWaitsWhenTheHubStopsIsClosed() {
        areSilent(10);
        var second = comes();
        door.shut();
        assertThat(comes().isOpen()).isFalse();
        listening.close();
        assertThat(second.isOpen()).isFalse();
        assertThat(door.waiting()).isZero();
    }
}
