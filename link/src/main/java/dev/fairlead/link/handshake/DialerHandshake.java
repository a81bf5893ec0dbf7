package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.handshake.HandshakeException.End;
import dev.fairlead.link.handshake.HandshakeMessage.Code;
import dev.fairlead.link.handshake.HandshakeMessage.Hello;
import dev.fairlead.link.handshake.HandshakeMessage.Proof;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// The dialer's side, for agents and clients alike. Put it behind the WebSocket codec of a
/// connection that is open. Nothing of the [Introduction] leaves before the hub has proved its
/// identity and that the TLS certificate is its own.
public final class DialerHandshake extends HandshakeHandler<HubIdentity> {

    private final InnerTlsClient inner;
    private final PairingPerson person;
    private final CompletableFuture<HubIdentity> proved = new CompletableFuture<>();
    private HubAnchor anchor;
    private Leaf leaf;
    private @Nullable Introduction introduction;
    private @Nullable String between;
    private State state = new AwaitProof();

    private sealed interface State {}

    private record AwaitProof() implements State {}

    /// The TLS inside is being made.
    private record AwaitInnerTls() implements State {}

    /// @param unpaired true while CODE must come first: nobody joins unconfirmed
    private record AwaitAnswer(HubIdentity hub, boolean unpaired) implements State {}

    private record AwaitApproval(HubIdentity hub) implements State {}

    /// The person at the node is asked.
    private record AwaitPerson(HubIdentity hub) implements State {}

    public DialerHandshake(
            HubAnchor anchor,
            Leaf leaf,
            Introduction introduction,
            PairingPerson person,
            InnerTlsClient inner,
            HandshakeSettings settings) {
        super(settings);
        this.anchor = anchor;
        this.leaf = leaf;
        this.introduction = introduction;
        this.person = person;
        this.inner = inner;
    }

    /// One that ends after the hub's proof, before anything is said of the dialer.
    public DialerHandshake(HubAnchor anchor, Leaf leaf, HandshakeSettings settings) {
        super(settings);
        this.anchor = anchor;
        this.leaf = leaf;
        this.introduction = null;
        this.person = PairingPerson.nobody();
        this.inner = InnerTlsClient.NEVER;
    }

    /// Completes on the event loop when the hub has proved itself, or as [#outcome] where it did
    /// not.
    public CompletionStage<HubIdentity> proved() {
        outcome()
                .whenComplete((_, e) -> {
                    if (e != null) {
                        proved.completeExceptionally(e);
                    }
                });
        return proved.minimalCompletionStage();
    }

    /// More than the hub's, so that what the hub says when it has waited too long still arrives.
    @Override
    Duration patience() {
        return settings.handshake().plusSeconds(2);
    }

    @Override
    void started() {
        hello();
    }

    private void hello() {
        send(
                MessageType.HELLO,
                new Hello(List.of(HandshakeMessage.VERSION), settings.nonce()).headers());
    }

    @Override
    void received(Wire.Message message) throws HandshakeException {
        if (message.type() == MessageType.REFUSED) {
            throw new HandshakeException(refused(message.headers()));
        }
        var type = message.type();
        // No switch over patterns: its bootstrap takes longer than all signatures of a start.
        if (state instanceof AwaitProof && type == MessageType.PROOF) {
            proof(message);
        } else if (state instanceof AwaitAnswer(var hub, var unpaired)
                && type == MessageType.WELCOME
                && !unpaired) {
            succeed(hub, Welcome.of(message.headers()));
        } else if (state instanceof AwaitAnswer(var hub, var unpaired)
                && type == MessageType.CODE
                && unpaired) {
            code(hub, Code.of(message.headers()));
        } else if (state instanceof AwaitApproval(var hub) && type == MessageType.APPROVED) {
            approved(hub, Approved.of(message.headers()));
        } else if ((state instanceof AwaitApproval || state instanceof AwaitPerson)
                && type == MessageType.WAIT) {
            send(MessageType.WAIT, Headers.EMPTY);
        } else {
            throw new ProtocolException(
                    type + " does not come while the dialer is in " + word(state));
        }
    }

    private Refused refused(Headers headers) {
        var refused = Refused.of(headers);
        if (state instanceof AwaitProof && !refused.code().isAllowedUnproved()) {
            throw new ProtocolException(
                    "a hub that has not proved its identity may not refuse as "
                            + refused.code().label());
        }
        return refused;
    }

    private void proof(Wire.Message message) throws HandshakeException {
        var proof = Proof.of(message.headers());
        var bundle = verify(message, proof);
        boolean own = HubHandshake.containsLeaf(proof.leaves(), leaf.fingerprint());
        if (!inside() && goesInside(own, proof)) {
            enter(own, proof, bundle);
            return;
        }
        if (!own) {
            throw intercepted(proof);
        }
        var hub =
                new HubIdentity(
                        proof.root(),
                        bundle,
                        proof.key(),
                        proof.name(),
                        proof.ca(),
                        inside() ? new Between(true, between) : Between.NOBODY);
        proved.complete(hub);
        if (introduction == null) {
            throw new HandshakeException(End.CLOSED, "only the hub's proof was wanted");
        }
        transcript.add(message.framed());
        var headers = HandshakeMessage.headers(introduction.identity(leaf.fingerprint()));
        send(
                introduction.key() == null
                        ? Wire.encode(MessageType.IDENTITY, headers)
                        : Wire.encodeSigned(
                                MessageType.IDENTITY,
                                headers,
                                transcript,
                                introduction.key(),
                                introduction.role().context(inside())));
        state = new AwaitAnswer(hub, introduction.role() == Role.PAIR);
    }

    /// Every reason not to believe the hub but its leaf, in the order in which they say most to a
    /// person.
    private KeyBundle verify(Wire.Message message, Proof proof) throws HandshakeException {
        if (!proof.version().equals(HandshakeMessage.VERSION)) {
            throw new ProtocolException("the hub chose a version that was not offered");
        }
        var root = Fingerprint.of(proof.root());
        if (anchor.root() != null && !anchor.root().equals(root)) {
            throw new HandshakeException(
                    End.OTHER_IDENTITY,
                    "this hub is not the one that was expected: its fingerprint is %s, expected was %s"
                            .formatted(root, anchor.root()));
        }
        var bundle = KeyBundle.verify(proof.root(), proof.bundle());
        if (bundle == null) {
            throw new HandshakeException(
                    End.BAD_PROOF,
                    "the hub's key bundle is not signed by its deployment's root key");
        }
        if (bundle.number() < anchor.bundle()) {
            throw new HandshakeException(
                    End.ROLLED_BACK,
                    "the hub shows key bundle %d, but bundle %d was seen before: it runs on an old backup, or somebody uses a key that was withdrawn"
                            .formatted(bundle.number(), anchor.bundle()));
        }
        if (!bundle.keys().contains(proof.key())) {
            throw new HandshakeException(
                    End.BAD_PROOF, "the hub's key is not in its deployment's key bundle");
        }
        byte[] signed = transcript.hashWith(message.framed().beforeSignature());
        if (!proof.key()
                .verifies(
                        inside() ? Proof.INNER_CONTEXT : Proof.CONTEXT,
                        signed,
                        message.headers().needBytes("signature"))) {
            throw new HandshakeException(
                    End.BAD_PROOF, "the hub could not prove that it holds its key");
        }
        return bundle;
    }

    /// @param own whether the certificate that was seen is one of the hub's
    private boolean goesInside(boolean own, Proof proof) throws HandshakeException {
        boolean wanted =
                switch (inner.when()) {
                    case AUTO -> !own;
                    case ALWAYS -> true;
                    case NEVER -> false;
                };
        if (wanted && proof.innerTls() && knowsWithWhom()) {
            return true;
        }
        if (wanted && own) {
            throw new HandshakeException(
                    End.PROTOCOL,
                    proof.innerTls()
                            ? "inner-tls: always needs the hub's fingerprint, to know who is inside"
                            : "this hub offers no inner TLS, which inner-tls: always demands; install a newer hub, or write inner-tls: auto");
        }
        return false;
    }

    /// Whoever sits in between could be the hub that proves itself inside, where none is expected;
    /// but for a pairing, where people compare.
    private boolean knowsWithWhom() {
        return anchor.root() != null || (introduction != null && introduction.role() == Role.PAIR);
    }

    private HandshakeException intercepted(Proof proof) {
        if (inside()) {
            return new HandshakeException(
                    End.INTERCEPTED,
                    "the connection is intercepted, and so is the TLS inside it: somebody in between passes for the hub on purpose; do not use this network for it");
        }
        String other =
                introduction == null
                        ? ""
                        : inner.when() == InnerTls.NEVER
                                ? "; or allow a second TLS inside, that nobody in between can read: inner-tls: auto"
                                : !proof.innerTls()
                                        ? "; or install a newer hub, which offers a second TLS inside"
                                        : "; or name the hub's fingerprint, which a second TLS inside needs";
        return new HandshakeException(
                End.INTERCEPTED,
                "the connection is intercepted: its TLS certificate (SHA-256 %s, issued by %s) is none of the hub's; a TLS-inspecting proxy must let this hub pass, a load balancer's certificate must be listed in the hub's configuration%s"
                        .formatted(leaf.fingerprint(), leaf.issuer(), other));
    }

    /// Makes a second TLS inside, and begins anew in it with the hub that has just proved itself.
    private void enter(boolean own, Proof proof, KeyBundle bundle) throws HandshakeException {
        anchor = new HubAnchor(Fingerprint.of(proof.root()), bundle.number());
        if (!own) {
            between = leaf.issuer();
            introduction = Objects.requireNonNull(introduction).behind(between);
        }
        state = new AwaitInnerTls();
        send(MessageType.INSIDE, Headers.EMPTY);
        var tls = inner.tls().apply(context().channel());
        tls.handshakeFuture()
                .addListener(shaken -> {
                    if (!isOver()) {
                        entered(tls, shaken.cause());
                    }
                });
        goInside(tls);
    }

    private void entered(SslHandler tls, @Nullable Throwable failure) {
        try {
            if (failure != null) {
                throw new HandshakeException(
                        End.CLOSED,
                        "the TLS inside the connection did not come about: whoever is in between lets nothing through that they cannot read, or the hub failed");
            }
            var chain = tls.engine().getSession().getPeerCertificates();
            leaf = Leaf.of((X509Certificate) chain[0]);
            state = new AwaitProof();
            hello();
        } catch (HandshakeException e) {
            fail(e);
        } catch (SSLPeerUnverifiedException e) {
            failed(e);
        }
    }

    private void code(HubIdentity hub, Code code) {
        state = new AwaitApproval(hub);
        // The hub says when it is over; this is for a hub that vanishes.
        within(min(code.expires(), settings.pairing()).plus(patience()));
        var key = Objects.requireNonNull(introduction).identity(leaf.fingerprint()).needKey();
        var fingerprint =
                HandshakeMessage.pairingFingerprint(hub.root(), hub.key(), key, transcript);
        person.show(code.code(), fingerprint, code.expires());
    }

    private void approved(HubIdentity hub, Approved approved) {
        state = new AwaitPerson(hub);
        CompletionStage<Boolean> answer = person.confirm(approved, hub);
        answer.whenCompleteAsync(
                (yes, error) -> confirmed(hub, error == null && Boolean.TRUE.equals(yes)),
                context().executor());
    }

    private void confirmed(HubIdentity hub, boolean yes) {
        if (isOver()) {
            return;
        }
        var confirm = Wire.encode(MessageType.CONFIRM, HandshakeMessage.confirm(yes));
        if (yes) {
            state = new AwaitAnswer(hub, false);
            within(patience());
            send(confirm);
        } else {
            fail(
                    new HandshakeException(
                            End.DECLINED, "the pairing was not confirmed at this node"),
                    confirm);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    void late() {
        fail(
                new HandshakeException(
                        End.TIMED_OUT,
                        !(state instanceof AwaitApproval || state instanceof AwaitPerson)
                                ? "the hub did not answer the handshake within %d s"
                                        .formatted(patience().toSeconds())
                                : "the pairing was not approved and confirmed in its time"));
    }

    private static String word(State state) {
        return state.getClass().getSimpleName();
    }
}
