package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.handshake.HandshakeException.End;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NettyLeakDetectorExtension.class)
class HandshakeTest {

    @Test
    void aNodeAndAHubProveThemselvesToEachOther() {
        var answers = Answers.welcome();
        try (var both = Both.of(Sample.node(), answers).run()) {
            var hub = result(both.dialer.outcome());
            assertThat(hub.other().fingerprint()).isEqualTo(Sample.ANCHOR.root());
            assertThat(hub.other().name()).isEqualTo("hub.example");
            assertThat(hub.other().bundle().number()).isEqualTo(7);
            assertThat(hub.welcome()).isEqualTo(Sample.WELCOME);

            var peer = result(both.hub.outcome()).other();
            assertThat(peer.role()).isEqualTo(Role.NODE);
            assertThat(peer.needKey()).isEqualTo(Sample.NODE.verifying());
            assertThat(peer.capabilities()).isEqualTo(Sample.CAPABILITIES);
            assertThat(peer.info()).isEqualTo(Sample.INFO);
            assertThat(answers.asked).containsExactly(peer);
        }
    }

    @Test
    void aTokenAndABearerTokenReachTheAdmissionAndNoLog() {
        var enrol = Introduction.enrol(Sample.NODE, Sample.TOKEN, Sample.CAPABILITIES, Sample.INFO);
        var client = Introduction.client(Secret.of("fls_abc"), Sample.CAPABILITIES, Sample.INFO);
        for (var introduction : List.of(enrol, client)) {
            try (var both = Both.of(introduction, Answers.welcome()).run()) {
                var peer = result(both.hub.outcome()).other();
                assertThat(peer.credential()).isEqualTo(introduction.credential());
                assertThat(peer.toString()).doesNotContain("abc").contains("Secret[hidden]");
                assertThat(peer.role()).isEqualTo(introduction.role());
            }
        }
    }

    @Test
    void bytesMayComeInAnyPieces() {
        for (int size : List.of(1, 2, 3, 7, 100)) {
            try (var both = Both.of(Sample.node(), Answers.welcome())) {
                piecewise(both, size);
                assertThat(result(both.dialer.outcome()).welcome()).isEqualTo(Sample.WELCOME);
            }
        }
    }

    private static void piecewise(Both both, int size) {
        for (boolean moved = true; moved; ) {
            moved = false;
            for (var way :
                    List.of(
                            List.of(both.dialerChannel, both.hubChannel),
                            List.of(both.hubChannel, both.dialerChannel))) {
                way.getFirst().runPendingTasks();
                for (ByteBuf out; (out = way.getFirst().readOutbound()) != null; moved = true) {
                    while (out.isReadable()) {
                        way.getLast()
                                .writeInbound(out.readBytes(Math.min(size, out.readableBytes())));
                    }
                    out.release();
                }
            }
        }
    }

    @Test
    void bytesBehindTheWelcomeReachTheLinkThatIsInstalledLater() {
        try (var both = Both.of(Sample.node(), Answers.welcome())) {
            both.run(bytes ->
                    bytes.getByte(bytes.readerIndex()) == MessageType.WELCOME.code()
                            ? Unpooled.wrappedBuffer(bytes, ascii("first,"))
                            : bytes);
            var handshaken = result(both.dialer.outcome());
            assertThat(both.dialerChannel.config().isAutoRead()).isFalse();
            both.dialerChannel.writeInbound(ascii("second,"));

            var link = new Link();
            handshaken.handOver(channel -> channel.pipeline().addLast(link));
            both.dialerChannel.writeInbound(ascii("third"));

            assertThat(link.text).hasToString("first,second,third");
            assertThat(both.dialerChannel.config().isAutoRead()).isTrue();
            assertThat(both.dialerChannel.pipeline().get(DialerHandshake.class)).isNull();
            assertThat(handshaken.handOver(channel -> channel.pipeline().addLast(new Link())))
                    .isCompletedExceptionally();
        }
    }

    @Test
    void aHubsLinkGetsWhatFollowsTheIdentityOnlyAfterTheWelcome() {
        try (var both = Both.of(Sample.node(), Answers.welcome()).run()) {
            both.hubChannel.writeInbound(ascii("frames"));
            var link = new Link();
            result(both.hub.outcome()).handOver(channel -> channel.pipeline().addLast(link));
            assertThat(link.text).hasToString("frames");
        }
    }

    @Test
    void aLinkThatIsInstalledTooLateHearsThatTheConnectionEnded() {
        try (var both = Both.of(Sample.node(), Answers.welcome()).run()) {
            both.hubChannel.close();
            var link = new Link();
            result(both.hub.outcome()).handOver(channel -> channel.pipeline().addLast(link));
            assertThat(link.inactive).isTrue();
        }
    }

    @Test
    void aRefusalArrivesWithItsCodeItsSentenceAndWhenToComeBack() {
        for (var code : Refusal.values()) {
            try (var both = Both.of(Sample.node(), Answers.refused(code)).run()) {
                var refused = refused(both.dialer.outcome());
                assertThat(refused).isEqualTo(new Refused(code, "no", Duration.ofSeconds(3)));
                assertThat(failure(both.hub.outcome()).refused()).isEqualTo(refused);
                assertThat(both.hubChannel.isOpen()).isFalse();
                assertThat(both.dialerChannel.isOpen()).isFalse();
            }
        }
    }

    @Test
    void anAdmissionThatFailsIsAnInternalRefusalWithoutItsInside() {
        var answers = new Answers();
        answers.verdict.completeExceptionally(new IllegalStateException("password=x"));
        try (var both = Both.of(Sample.node(), answers).run()) {
            var refused = refused(both.dialer.outcome());
            assertThat(refused.code()).isEqualTo(Refusal.INTERNAL);
            assertThat(refused.message()).doesNotContain("password");
        }
    }

    @Test
    void anAdmissionThatTakesTooLongIsBusyAndItsLateAnswerIsDropped() {
        var answers = new Answers();
        try (var both = Both.of(Sample.node(), answers).run()) {
            advance(both, Duration.ofSeconds(10));
            both.run();
            var refused = refused(both.dialer.outcome());
            assertThat(refused.code()).isEqualTo(Refusal.BUSY);
            answers.verdict.complete(Sample.WELCOME);
            both.run();
            assertThat(failure(both.hub.outcome()).end()).isEqualTo(End.REFUSED);
        }
    }

    @Test
    void aSilentSideIsLeftAfterTenSeconds() {
        try (var both = Both.of(Sample.node(), Answers.welcome())) {
            advance(both, Duration.ofMillis(9_000));
            assertThat(both.hubChannel.isOpen() && both.dialerChannel.isOpen()).isTrue();
            advance(both, Duration.ofSeconds(1));
            assertThat(failure(both.hub.outcome()).end()).isEqualTo(End.TIMED_OUT);
            advance(both, Duration.ofSeconds(2));
            assertThat(failure(both.dialer.outcome()).end()).isEqualTo(End.TIMED_OUT);
            assertThat(both.hubChannel.isOpen() || both.dialerChannel.isOpen()).isFalse();
        }
    }

    @Test
    void aConnectionThatEndsEarlyIsSaidToHave() {
        try (var both = Both.of(Sample.node(), Answers.welcome())) {
            both.dialerChannel.close();
            both.hubChannel.close();
            assertThat(failure(both.dialer.outcome()).end()).isEqualTo(End.CLOSED);
            assertThat(failure(both.hub.outcome()).end()).isEqualTo(End.CLOSED);
        }
    }

    static void advance(Both both, Duration time) {
        for (var channel : List.of(both.hubChannel, both.dialerChannel)) {
            channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    static <T> Handshaken<T> result(CompletionStage<Handshaken<T>> outcome) {
        return outcome.toCompletableFuture().orTimeout(0, TimeUnit.SECONDS).join();
    }

    static HandshakeException failure(CompletionStage<?> outcome) {
        var caught = new CompletableFuture<@Nullable Throwable>();
        outcome.whenComplete((_, error) -> caught.complete(error));
        assertThat(caught).isDone();
        var error = caught.join();
        if (error instanceof CompletionException wrapped) {
            error = wrapped.getCause();
        }
        if (error instanceof HandshakeException e) {
            return e;
        }
        throw new AssertionError("the handshake did not fail as it should", error);
    }

    static Refused refused(CompletionStage<?> outcome) {
        return Objects.requireNonNull(failure(outcome).refused());
    }

    static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    /// Stands for the mux.
    private static final class Link extends ChannelInboundHandlerAdapter {
        final StringBuilder text = new StringBuilder();
        boolean inactive;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var bytes = (ByteBuf) message;
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            inactive = true;
        }
    }
}
