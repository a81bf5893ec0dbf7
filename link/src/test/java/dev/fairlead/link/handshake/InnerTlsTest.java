package dev.fairlead.link.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Headers;
import dev.fairlead.link.dial.TestCa;
import dev.fairlead.link.handshake.HandshakeException.End;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A second TLS inside a connection that somebody in between reads, and everything that they may
/// try so as to read that too.
@ExtendWith(NettyLeakDetectorExtension.class)
class InnerTlsTest {

    private static final TestCa.Issued HUBS = new TestCa("hub").issue("inside");
    private static final TestCa.Issued MANS = new TestCa("man").issue("inside");
    private static final InnerTlsServer INNER = InnerTlsServer.of(HUBS.key(), HUBS.certificate());

    /// What a dialer in between whom and the hub somebody is has not seen.
    private static final HubProof BEHIND = proof(Sample.OTHER_LEAF);

    private static final HubProof DIRECT = proof(Sample.LEAF);

    private final Answers answers = Answers.welcome();

    private static HubProof proof(Fingerprint leaf) {
        return new HubProof(
                Sample.ROOT.verifying(),
                Sample.BUNDLE,
                Sample.HUB,
                List.of(leaf),
                "hub.example",
                null,
                INNER);
    }

    private static InnerTlsClient client(InnerTls when) {
        return new InnerTlsClient(when, channel -> trusting().newHandler(channel.alloc()));
    }

    private static SslContext trusting() {
        try {
            return SslContextBuilder.forClient()
                    .protocols("TLSv1.3")
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whereSomebodyIsInBetweenTheProofIsMadeInside() {
        var client = Introduction.client(Secret.of("fls_sample"), Map.of(), Sample.INFO);
        var carried = Unpooled.buffer();
        try (var both = Both.of(client, client(InnerTls.AUTO), BEHIND, answers)) {
            both.run(bytes -> {
                carried.writeBytes(bytes.duplicate());
                return bytes;
            });

            assertThat(proved(both).between()).isEqualTo(new Between(true, "CN=seen"));
            var peer = both.hub.outcome().toCompletableFuture().join().other();
            assertThat(peer.between()).isEqualTo(new Between(true, "CN=seen"));
            assertThat(peer.leaf()).isEqualTo(INNER.leaf());
            assertThat(both.dialer.outcome().toCompletableFuture().join().welcome())
                    .isEqualTo(Sample.WELCOME);
        }
        // The credential, and who is who, were not to be read.
        String seen = carried.toString(StandardCharsets.ISO_8859_1);
        assertThat(seen)
                .contains("inner-tls")
                .doesNotContain("fls_sample")
                .doesNotContain("credential")
                .doesNotContain(Sample.WELCOME.tenantName());
        carried.release();
    }

    @Test
    void aLinkThatNobodyIsInBetweenOfCostsNothing() {
        var messages = new ArrayList<MessageType>();
        try (var both = Both.of(Sample.node(), client(InnerTls.AUTO), DIRECT, answers)) {
            both.run(bytes -> {
                messages.add(MessageType.ofCode(bytes.getByte(bytes.readerIndex())));
                return bytes;
            });
            assertThat(proved(both).between()).isEqualTo(Between.NOBODY);
        }
        assertThat(messages)
                .containsExactly(
                        MessageType.HELLO,
                        MessageType.PROOF,
                        MessageType.IDENTITY,
                        MessageType.WELCOME);
    }

    @Test
    void alwaysAlsoWithoutAnybodyInBetween() {
        try (var both = Both.of(Sample.node(), client(InnerTls.ALWAYS), DIRECT, answers).run()) {
            assertThat(proved(both).between()).isEqualTo(new Between(true, null));
            assertThat(answers.asked.getFirst().between()).isEqualTo(new Between(true, null));
        }
    }

    @Test
    void neverMeansNoLink() {
        try (var both = Both.of(Sample.node(), client(InnerTls.NEVER), BEHIND, answers).run()) {
            assertFails(both, End.INTERCEPTED, "inner-tls: auto");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "ALWAYS"})
    void notWithAHubThatIsNotKnown(InnerTls when) {
        var client = Introduction.client(Secret.of("fls_sample"), Map.of(), Map.of());
        var dialer =
                new DialerHandshake(
                        HubAnchor.any(),
                        new Leaf(Sample.LEAF, "CN=seen"),
                        client,
                        PairingPerson.nobody(),
                        client(when),
                        Sample.settings(0x0a));
        var hub = new HubHandshake(BEHIND, answers, Sample.settings(0x0b));
        try (var both = new Both(dialer, hub).run()) {
            assertFails(both, End.INTERCEPTED, "fingerprint");
        }
    }

    @Test
    void aPairingIsComparedByPeopleInside() {
        var answers = new Answers();
        answers.pairing.complete(answers.code(java.time.Duration.ofMinutes(1)));
        var shown = new ArrayList<String>();
        var dialer =
                new DialerHandshake(
                        HubAnchor.any(),
                        new Leaf(Sample.LEAF, "CN=seen"),
                        Introduction.pair(Sample.NODE, Map.of(), Map.of()),
                        new Shown(shown),
                        client(InnerTls.AUTO),
                        Sample.settings(0x0a));
        var hub = new HubHandshake(BEHIND, answers, Sample.settings(0x0b));
        try (var both = new Both(dialer, hub).run()) {
            assertThat(shown).hasSize(1).isEqualTo(answers.fingerprints);
        }
    }

    @Test
    void anOldHubIsNamed() {
        var old =
                new HubProof(
                        Sample.ROOT.verifying(),
                        Sample.BUNDLE,
                        Sample.HUB,
                        List.of(Sample.OTHER_LEAF),
                        "hub.example",
                        null);
        try (var both = Both.of(Sample.node(), client(InnerTls.AUTO), old, answers).run()) {
            assertFails(both, End.INTERCEPTED, "install a newer hub");
        }
        try (var both = Both.of(Sample.node(), client(InnerTls.ALWAYS), Sample.PROOF, answers)) {
            assertFails(both.run(), End.PROTOCOL, "offers no inner TLS");
        }
    }

    // What somebody in between may try.

    @Test
    void theOfferCannotBeTakenOutOfTheProof() {
        try (var both = Both.of(Sample.node(), client(InnerTls.AUTO), BEHIND, answers)) {
            both.run(bytes -> {
                int at = ByteBufUtil.indexOf(utf8("inner-tls"), bytes);
                return at < 0 ? bytes : bytes.setByte(at + 1, 'x');
            });
            assertFails(both, End.BAD_PROOF, "could not prove");
        }
    }

    @Test
    void whoEndsTheTlsInsideTooIsNoticed() {
        try (var both = Both.of(Sample.node(), client(InnerTls.AUTO), BEHIND, answers);
                var man = new Man(both, both.hubChannel, true)) {
            man.carry();
            assertFails(both, End.INTERCEPTED, "so is the TLS inside it");
            assertThat(man.read).contains(MessageType.PROOF).doesNotContain(MessageType.IDENTITY);
        }
    }

    /// Its certificate is one of the hub's outside, and it passes what is said inside on to the
    /// hub's outer handshake.
    @Test
    void aListedLoadBalancerCannotPassForTheHubInside() {
        var listed = proof(Fingerprint.of(MANS.certificate()));
        var outer = new EmbeddedChannel(new HubHandshake(listed, answers, Sample.settings(0x0c)));
        try (var both = Both.of(Sample.node(), client(InnerTls.ALWAYS), DIRECT, answers);
                var man = new Man(both, outer, false)) {
            man.carry();
            assertFails(both, End.BAD_PROOF, "could not prove");
            assertThat(man.read).contains(MessageType.PROOF).doesNotContain(MessageType.IDENTITY);
        } finally {
            outer.finishAndReleaseAll();
        }
    }

    @Test
    void whatIsNoTlsInsideEndsTheHandshake() {
        var sent = new int[1];
        try (var both = Both.of(Sample.node(), client(InnerTls.AUTO), BEHIND, answers)) {
            both.run(bytes -> {
                // HELLO, PROOF, INSIDE, ClientHello, and then what comes back.
                return ++sent[0] < 5
                        ? bytes
                        : bytes.setZero(bytes.readerIndex(), bytes.readableBytes());
            });
            assertFails(both, End.CLOSED, "TLS inside the connection did not come about");
        }
    }

    @Test
    void insideTwiceOrUnasked() {
        try (var both = Both.of(Sample.node(), client(InnerTls.NEVER), Sample.PROOF, answers)) {
            both.dialerChannel.close();
            var inside = Wire.encode(MessageType.INSIDE, Headers.EMPTY);
            both.hubChannel.writeInbound(Unpooled.wrappedBuffer(inside.bytes()));
            assertRefused(both, "does not come while");
        }
        try (var both = Both.of(Sample.node(), client(InnerTls.NEVER), Sample.PROOF, answers)) {
            hello(both);
            both.hubChannel.writeInbound(
                    Unpooled.wrappedBuffer(Wire.encode(MessageType.INSIDE, Headers.EMPTY).bytes()));
            assertRefused(both, "INSIDE does not come while");
        }
    }

    private static void hello(Both both) {
        ByteBuf hello = both.dialerChannel.readOutbound();
        both.hubChannel.writeInbound(hello);
        ByteBuf proof = both.hubChannel.readOutbound();
        proof.release();
        both.dialerChannel.close();
    }

    private static void assertRefused(Both both, String words) {
        assertThat(both.hub.outcome().toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(java.time.Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining(words);
    }

    private static HubIdentity proved(Both both) {
        return both.dialer.outcome().toCompletableFuture().join().other();
    }

    private void assertFails(Both both, End end, String words) {
        try {
            both.dialer.outcome().toCompletableFuture().getNow(null);
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            HandshakeException.class, x -> assertThat(x.end()).isEqualTo(end))
                    .hasMessageContaining(words);
        }
        assertThat(answers.asked).isEmpty();
    }

    private static ByteBuf utf8(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private record Shown(List<String> fingerprints) implements PairingPerson {
        @Override
        public void show(String code, String fingerprint, java.time.Duration expires) {
            fingerprints.add(fingerprint);
        }

        @Override
        public java.util.concurrent.CompletionStage<Boolean> confirm(
                Approved approved, HubIdentity hub) {
            return java.util.concurrent.CompletableFuture.completedStage(false);
        }
    }

    /// Passes everything on as it is up to INSIDE, and ends the TLS behind it by a certificate of
    /// his own. What he can read then he passes on to a hub, in another TLS or as it is.
    private static final class Man implements AutoCloseable {

        final List<MessageType> read = new ArrayList<>();
        private final Both both;
        private final EmbeddedChannel hub;
        private final EmbeddedChannel near = new EmbeddedChannel(ending());
        private final @Nullable EmbeddedChannel far;
        private boolean inside;

        /// @param again whether he speaks inner TLS to the hub
        Man(Both both, EmbeddedChannel hub, boolean again) {
            this.both = both;
            this.hub = hub;
            this.far =
                    again
                            ? new EmbeddedChannel(
                                    trusting()
                                            .newHandler(
                                                    io.netty.buffer.UnpooledByteBufAllocator
                                                            .DEFAULT))
                            : null;
        }

        private static io.netty.handler.ssl.SslHandler ending() {
            try {
                return SslContextBuilder.forServer(MANS.key(), MANS.certificate())
                        .build()
                        .newHandler(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT);
            } catch (SSLException e) {
                throw new IllegalStateException(e);
            }
        }

        void carry() {
            for (boolean moved = true; moved; ) {
                both.dialerChannel.runPendingTasks();
                moved = fromDialer() | fromNear() | fromFar() | fromHub();
            }
        }

        private boolean fromDialer() {
            ByteBuf bytes = both.dialerChannel.readOutbound();
            if (bytes == null) {
                return false;
            }
            if (inside) {
                near.writeInbound(bytes);
                return true;
            }
            inside = bytes.getByte(bytes.readerIndex()) == MessageType.INSIDE.code();
            if (inside && far == null) {
                bytes.release();
            } else {
                both.hubChannel.writeInbound(bytes);
            }
            return true;
        }

        /// What the dialer said, to the hub; and his own TLS, to the dialer.
        private boolean fromNear() {
            boolean moved = false;
            for (ByteBuf plain; (plain = near.readInbound()) != null; moved = true) {
                if (far == null) {
                    hub.writeInbound(plain);
                } else {
                    far.writeOutbound(plain);
                }
            }
            for (ByteBuf tls; (tls = near.readOutbound()) != null; moved = true) {
                if (both.dialerChannel.isOpen()) {
                    both.dialerChannel.writeInbound(tls);
                } else {
                    tls.release();
                }
            }
            return moved;
        }

        private boolean fromFar() {
            boolean moved = false;
            if (far == null || !inside) {
                return false;
            }
            for (ByteBuf tls; (tls = far.readOutbound()) != null; moved = true) {
                hub.writeInbound(tls);
            }
            for (ByteBuf plain; (plain = far.readInbound()) != null; moved = true) {
                toDialer(plain);
            }
            return moved;
        }

        private boolean fromHub() {
            var from = inside ? hub : both.hubChannel;
            ByteBuf bytes = from.readOutbound();
            if (bytes == null) {
                return false;
            }
            if (!inside) {
                both.dialerChannel.writeInbound(bytes);
            } else if (far != null) {
                far.writeInbound(bytes);
            } else {
                toDialer(bytes);
            }
            return true;
        }

        private void toDialer(ByteBuf plain) {
            read.add(MessageType.ofCode(plain.getByte(plain.readerIndex())));
            near.writeOutbound(plain);
        }

        @Override
        public void close() {
            near.finishAndReleaseAll();
            if (far != null) {
                far.finishAndReleaseAll();
            }
        }
    }
}
