package dev.fairlead.link.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.function.UnaryOperator;

/// A dialer and a hub in one thread, whose bytes are carried by hand.
final class Both implements AutoCloseable {

    final DialerHandshake dialer;
    final HubHandshake hub;
    final EmbeddedChannel dialerChannel;
    final EmbeddedChannel hubChannel;

    Both(DialerHandshake dialer, HubHandshake hub) {
        this.dialer = dialer;
        this.hub = hub;
        hubChannel = new EmbeddedChannel(hub);
        dialerChannel = new EmbeddedChannel(dialer);
        hubChannel.freezeTime();
        dialerChannel.freezeTime();
    }

    static Both of(Introduction introduction, Admission admission) {
        return of(introduction, PairingPerson.nobody(), admission);
    }

    static Both of(Introduction introduction, PairingPerson person, Admission admission) {
        return new Both(dialer(introduction, person), hub(admission));
    }

    static DialerHandshake dialer(Introduction introduction, PairingPerson person) {
        return new DialerHandshake(
                Sample.ANCHOR,
                new Leaf(Sample.LEAF, "CN=hub"),
                introduction,
                person,
                InnerTlsClient.NEVER,
                Sample.settings(0x0a));
    }

    /// With a hub that offers inner TLS.
    static Both of(
            Introduction introduction, InnerTlsClient inner, HubProof proof, Admission admission) {
        return new Both(
                new DialerHandshake(
                        Sample.ANCHOR,
                        new Leaf(Sample.LEAF, "CN=seen"),
                        introduction,
                        PairingPerson.nobody(),
                        inner,
                        Sample.settings(0x0a)),
                new HubHandshake(proof, admission, Sample.settings(0x0b)));
    }

    static HubHandshake hub(Admission admission) {
        return new HubHandshake(Sample.PROOF, admission, Sample.settings(0x0b));
    }

    /// Carries bytes until neither side has any.
    Both run() {
        return run(UnaryOperator.identity());
    }

    /// ... each message through `change`.
    Both run(UnaryOperator<ByteBuf> change) {
        boolean moved = true;
        while (moved) {
            moved =
                    move(dialerChannel, hubChannel, change)
                            | move(hubChannel, dialerChannel, change);
        }
        return this;
    }

    private static boolean move(
            EmbeddedChannel from, EmbeddedChannel to, UnaryOperator<ByteBuf> change) {
        from.runPendingTasks();
        boolean moved = false;
        for (ByteBuf bytes; (bytes = from.readOutbound()) != null; moved = true) {
            if (to.isOpen()) {
                to.writeInbound(change.apply(bytes));
            } else {
                bytes.release();
            }
        }
        to.runPendingTasks();
        return moved;
    }

    @Override
    public void close() {
        dialerChannel.finishAndReleaseAll();
        hubChannel.finishAndReleaseAll();
    }
}
