package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.NodeCopies;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides about everybody who proved a key or showed a token, on virtual threads. Nodes that come
/// back are let in together, and take no thread each ([AdmitNode]); of the others a few at a time,
/// on their own turns, so that people do not stand behind a fleet. Who waited too long is told to
/// come again.
public final class HubAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(HubAdmission.class);

    private static final int AT_ONCE = 5;

    /// Below the handshake's ten seconds.
    static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final Duration LATER = Duration.ofSeconds(5);

    private final AdmitNode nodes;
    private final Redeem redeem;
    private final Pairings pairings;
    private final ClientAdmission clients;
    private final Executor executor;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /// @param agents the database for what a fleet wants of it
    /// @param executor virtual threads
    public HubAdmission(
            Database agents,
            Database database,
            Audit audit,
            EnrolNode enrol,
            NodeCopies copies,
            AdmissionFacts facts,
            Pairings pairings,
            ClientAdmission clients,
            Executor executor) {
        this.nodes = new AdmitNode(agents, audit, copies, facts, executor);
        this.redeem = new Redeem(database, audit, enrol, facts);
        this.pairings = pairings;
        this.clients = clients;
        this.executor = executor;
    }

    /// For one connection.
    ///
    /// @param address where it comes from
    public Admission from(String address) {
        return new Admission() {
            @Override
            public CompletionStage<? extends Verdict> admit(PeerIdentity peer) {
                return peer.role() == Role.NODE
                        ? nodes.admit(peer, address).exceptionally(HubAdmission::busy)
                        : answer(() -> inTurn(() -> decide(peer, address)));
            }

            @Override
            public CompletionStage<? extends PairingAnswer> pair(
                    PeerIdentity peer, String fingerprint) {
                return answer(() -> inTurn(() -> pairings.open(peer, fingerprint, address)));
            }
        };
    }

    /// Blocks until it is decided.
    Verdict decide(PeerIdentity peer, String address) {
        return switch (peer.role()) {
            case ENROL -> redeem.admit(peer, address);
            case CLIENT -> clients.admit(peer, address);
            case NODE -> nodes.admit(peer, address).join();
            case PAIR -> throw new IllegalArgumentException("a pairing has its own question");
        };
    }

    /// How many nodes wait to be let in.
    public int waiting() {
        return nodes.waiting();
    }

    /// A [Refused] is all three kinds of answer, hence the cast.
    @SuppressWarnings("unchecked")
    private <A> CompletionStage<A> answer(Supplier<?> question) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return (A) question.get();
                    } catch (Rejected e) {
                        return (A) busy(e);
                    }
                },
                executor);
    }

    /// The answer where the hub cannot decide for now; throws what will not pass.
    private static Refused busy(Throwable e) {
        if (e instanceof Rejected rejected && rejected.code().retry()) {
            LOG.warn("Nobody can be let in now: {} ({})", rejected.detail(), e.toString());
            LOG.debug("Nobody can be let in now", e);
            return new Refused(Refusal.BUSY, rejected.detail(), LATER);
        }
        throw e instanceof RuntimeException own ? own : new IllegalStateException(e);
    }

    private Object inTurn(Supplier<?> question) {
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return tooMany();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Refused(Refusal.BUSY, "the hub is shutting down; try again", LATER);
        }
        try {
            return question.get();
        } finally {
            turns.release();
        }
    }

    static Refused tooMany() {
        return new Refused(Refusal.BUSY, "the hub has many to let in; try again", LATER);
    }
}
