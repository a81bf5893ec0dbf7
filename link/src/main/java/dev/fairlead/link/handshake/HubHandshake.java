package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.handshake.HandshakeException.End;
import dev.fairlead.link.handshake.HandshakeMessage.Code;
import dev.fairlead.link.handshake.HandshakeMessage.Hello;
import dev.fairlead.link.handshake.HandshakeMessage.Proof;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hub's side: HELLO -> PROOF, IDENTITY -> WELCOME, with the waiting for people in between for
/// a pairing. Put it behind the WebSocket codec of a connection that is open.
public final class HubHandshake extends HandshakeHandler<PeerIdentity> {

    private static final Logger LOG = LoggerFactory.getLogger(HubHandshake.class);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private HubProof proof;
    private final Admission admission;
    private final Executor signatures;
    private State state = new AwaitHello();

    /// What is waited for; each holds only what is needed to go on.
    private sealed interface State {}

    private record AwaitHello() implements State {}

    /// The hub signs its proof.
    private record Proving() implements State {}

    private record AwaitIdentity() implements State {}

    /// The dialer's signature is looked at.
    private record Verifying() implements State {}

    private record Deciding() implements State {}

    private record AwaitApproval(PeerIdentity peer, Pairing pairing) implements State {}

    private record AwaitConfirm(PeerIdentity peer, Pairing pairing) implements State {}

    public HubHandshake(HubProof proof, Admission admission, HandshakeSettings settings) {
        this(proof, admission, settings, Runnable::run);
    }

    /// @param signatures where keys are used, which takes a third of a millisecond in all:
    ///   elsewhere than on the event loop, so that a fleet that comes back does not hold up the
    ///   streams there
    public HubHandshake(
            HubProof proof, Admission admission, HandshakeSettings settings, Executor signatures) {
        super(settings);
        this.proof = proof;
        this.admission = admission;
        this.signatures = signatures;
    }

    @Override
    Duration patience() {
        return settings.handshake();
    }

    @Override
    void started() {}

    @Override
    void received(Wire.Message message) throws HandshakeException {
        var inner = proof.inner();
        switch (state) {
            case AwaitHello() when message.type() == MessageType.HELLO -> hello(message);
            case AwaitIdentity() when message.type() == MessageType.IDENTITY -> identity(message);
            case AwaitIdentity() when message.type() == MessageType.INSIDE && inner != null ->
                    enter(inner);
            case AwaitConfirm(var peer, var pairing) when message.type() == MessageType.CONFIRM ->
                    confirm(peer, pairing, HandshakeMessage.isConfirmed(message.headers()));
            // The dialer shows that it is still there; one may cross the APPROVED.
            case AwaitApproval _, AwaitConfirm _ when message.type() == MessageType.WAIT -> {}
            default ->
                    throw new ProtocolException(
                            message.type() + " does not come while the hub is in " + word(state));
        }
    }

    private void hello(Wire.Message message) {
        var hello = Hello.of(message.headers());
        if (!hello.versions().contains(HandshakeMessage.VERSION)) {
            refuse(
                    new Refused(
                            Refusal.VERSION,
                            "this hub speaks version 1 of the link, the other side only %s; install the version that the hub serves"
                                    .formatted(hello.versions())));
            return;
        }
        transcript.add(message.framed());
        var fields =
                new Proof(
                        HandshakeMessage.VERSION,
                        settings.nonce(),
                        proof.root(),
                        proof.bundle().encoded(),
                        proof.key().verifying(),
                        proof.leaves(),
                        proof.name(),
                        proof.ca(),
                        proof.inner() != null);
        boolean inside = inside();
        state = new Proving();
        elsewhere(
                () ->
                        Wire.encodeSigned(
                                MessageType.PROOF,
                                fields.headers(),
                                transcript,
                                proof.key(),
                                inside ? Proof.INNER_CONTEXT : Proof.CONTEXT),
                signed -> {
                    send(signed);
                    state = new AwaitIdentity();
                });
    }

    /// The dialer has seen somebody in between, and asks to begin anew where they cannot read.
    private void enter(InnerTlsServer inner) throws HandshakeException {
        proof = proof.inside();
        state = new AwaitHello();
        goInside(inner.handler(context().channel()));
    }

    private void identity(Wire.Message message) {
        state = new Verifying();
        boolean inside = inside();
        elsewhere(() -> verified(message, inside), peer -> identified(message, peer));
    }

    private PeerIdentity verified(Wire.Message message, boolean inside) {
        var said = HandshakeMessage.identity(message.headers());
        var peer = inside ? said.insideTls() : said;
        if (peer.role().hasKey()) {
            byte[] signed = transcript.hashWith(message.framed().beforeSignature());
            byte[] signature = message.headers().needBytes("signature");
            if (!peer.needKey().verifies(peer.role().context(inside), signed, signature)) {
                throw new ProtocolException("the signature of IDENTITY does not fit its key");
            }
        }
        return peer;
    }

    private void identified(Wire.Message message, PeerIdentity peer) {
        transcript.add(message.framed());
        // All of them are compared: which certificate it was is no secret, but costs nothing to
        // keep.
        if (!containsLeaf(proof.leaves(), peer.leaf())) {
            refuse(
                    new Refused(
                            Refusal.INTERCEPTED,
                            "the TLS certificate that this side saw is none of the hub's: somebody is in between"));
            return;
        }
        state = new Deciding();
        if (peer.role() == Role.PAIR) {
            var fingerprint =
                    HandshakeMessage.pairingFingerprint(
                            proof.root(), proof.key().verifying(), peer.needKey(), transcript);
            ask(() -> admission.pair(peer, fingerprint), answer -> pairing(peer, answer));
        } else {
            ask(() -> admission.admit(peer), verdict -> decided(peer, verdict));
        }
    }

    /// Uses keys where that holds up nobody, and goes on with what came of it on the event loop.
    /// What comes meanwhile is out of its place, so nothing else touches the transcript.
    private <T> void elsewhere(Supplier<T> work, Consumer<T> then) {
        signatures.execute(() -> {
            T done;
            try {
                done = work.get();
            } catch (ProtocolException e) {
                onLoop(() -> broken(e));
                return;
            } catch (RuntimeException e) {
                onLoop(() -> failed(e));
                return;
            }
            onLoop(() -> {
                if (!isOver()) {
                    then.accept(done);
                }
            });
        });
    }

    static boolean containsLeaf(List<Fingerprint> leaves, Fingerprint leaf) {
        boolean found = false;
        for (var known : leaves) {
            found |= known.equals(leaf);
        }
        return found;
    }

    private void pairing(PeerIdentity peer, PairingAnswer answer) {
        switch (answer) {
            case Refused refused -> refuse(refused);
            case Pairing pairing -> {
                if (isOver()) {
                    pairing.abandoned();
                    return;
                }
                state = new AwaitApproval(peer, pairing);
                var time =
                        pairing.expires().compareTo(settings.pairing()) < 0
                                ? pairing.expires()
                                : settings.pairing();
                within(time);
                send(MessageType.CODE, new Code(pairing.code(), time).headers());
                keepOpen();
                ask(pairing::approval, approval -> approved(peer, pairing, approval));
            }
        }
    }

    /// Proxies and load balancers drop what is silent for long; the dialer answers each.
    private void keepOpen() {
        context()
                .executor()
                .schedule(
                        () -> {
                            if (!isOver()
                                    && (state instanceof AwaitApproval
                                            || state instanceof AwaitConfirm)) {
                                send(MessageType.WAIT, Headers.EMPTY);
                                keepOpen();
                            }
                        },
                        settings.keepOpen().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void approved(PeerIdentity peer, Pairing pairing, Approval approval) {
        if (isOver()) {
            return;
        }
        switch (approval) {
            case Refused refused -> refuse(refused);
            case Approved approved -> {
                state = new AwaitConfirm(peer, pairing);
                send(MessageType.APPROVED, approved.headers());
            }
        }
    }

    private void confirm(PeerIdentity peer, Pairing pairing, boolean yes)
            throws HandshakeException {
        if (!yes) {
            throw new HandshakeException(
                    End.DECLINED, "the person at the node did not confirm the pairing");
        }
        state = new Deciding();
        within(patience());
        ask(pairing::confirmed, verdict -> decided(peer, verdict));
    }

    private void decided(PeerIdentity peer, Verdict verdict) {
        if (isOver()) {
            return;
        }
        switch (verdict) {
            case Refused refused -> refuse(refused);
            case Welcome welcome -> {
                send(MessageType.WELCOME, welcome.headers());
                succeed(peer, welcome);
            }
        }
    }

    /// Calls out to the admission and goes on with its answer on the event loop.
    private <A> void ask(
            Supplier<CompletionStage<? extends A>> question, Consumer<? super A> answer) {
        CompletionStage<? extends A> stage;
        try {
            stage = question.get();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        stage.whenCompleteAsync(
                (value, error) -> {
                    try {
                        if (error != null) {
                            failed(error);
                        } else {
                            answer.accept(value);
                        }
                    } catch (RuntimeException e) {
                        failed(e);
                    }
                },
                context().executor());
    }

    @Override
    void late() {
        switch (state) {
            case AwaitHello(), Proving(), AwaitIdentity(), Verifying() ->
                    fail(
                            new HandshakeException(
                                    End.TIMED_OUT,
                                    "the dialer did not prove who it is within "
                                            + settings.handshake().toSeconds()
                                            + " s"));
            case Deciding() ->
                    refuse(
                            new Refused(
                                    Refusal.BUSY,
                                    "the hub could not decide in time; try again",
                                    BUSY));
            case AwaitApproval _ ->
                    refuse(
                            new Refused(
                                    Refusal.PAIRING_EXPIRED,
                                    "no operator approved the pairing code in its time; start again for a new one"));
            case AwaitConfirm _ ->
                    refuse(
                            new Refused(
                                    Refusal.PAIRING_EXPIRED,
                                    "the pairing was approved but not confirmed at the node in time; start again for a new code"));
        }
    }

    @Override
    void abandoned() {
        switch (state) {
            case AwaitApproval(_, var pairing) -> pairing.abandoned();
            case AwaitConfirm(_, var pairing) -> pairing.abandoned();
            case AwaitHello(), Proving(), AwaitIdentity(), Verifying(), Deciding() -> {}
        }
    }

    @Override
    void broken(ProtocolException e) {
        refuse(
                new Refused(
                        Refusal.PROTOCOL, "a rule of the protocol was broken: " + e.getMessage()));
    }

    @Override
    void failed(Throwable e) {
        if (!isOver()) {
            LOG.warn("the handshake with {} failed here", context().channel().remoteAddress(), e);
            refuse(new Refused(Refusal.INTERNAL, "the hub failed; its log says how", BUSY));
        }
    }

    private void refuse(Refused refused) {
        if (!isOver()) {
            fail(
                    new HandshakeException(refused),
                    Wire.encode(MessageType.REFUSED, refused.headers()));
        }
    }

    private static String word(State state) {
        return state.getClass().getSimpleName();
    }
}
