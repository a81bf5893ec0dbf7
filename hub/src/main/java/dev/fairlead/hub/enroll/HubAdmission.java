package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.link.handshake.Admission;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
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

/// Decides about everybody who proved a key or showed a token, on virtual threads. A few at a time,
/// so that a whole fleet that comes back at once leaves connections of the database to people; who
/// waited too long is told to come again.
public final class HubAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(HubAdmission.class);

    private static final int AT_ONCE = 5;

    /// Below the handshake's ten seconds.
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final Duration LATER = Duration.ofSeconds(5);

    private final AdmitNode nodes;
    private final Redeem redeem;
    private final Pairings pairings;
    private final ClientAdmission clients;
    private final Executor executor;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /// @param executor virtual threads
    public HubAdmission(
            Database database,
            Audit audit,
            EnrolNode enrol,
            AdmissionFacts facts,
            Pairings pairings,
            ClientAdmission clients,
            Executor executor) {
        this.nodes = new AdmitNode(database, audit, enrol, facts);
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
                return inTurn(() -> decide(peer, address));
            }

            @Override
            public CompletionStage<? extends PairingAnswer> pair(
                    PeerIdentity peer, String fingerprint) {
                return inTurn(() -> pairings.open(peer, fingerprint, address));
            }
        };
    }

    Verdict decide(PeerIdentity peer, String address) {
        return switch (peer.role()) {
            case NODE -> nodes.admit(peer, address);
            case ENROL -> redeem.admit(peer, address);
            case CLIENT -> clients.admit(peer, address);
            case PAIR -> throw new IllegalArgumentException("a pairing has its own question");
        };
    }

    /// A [Refused] is all three kinds of answer, hence the cast.
    @SuppressWarnings("unchecked")
    private <A> CompletionStage<A> inTurn(Supplier<? extends A> question) {
        return CompletableFuture.supplyAsync(() -> (A) waitAndAsk(question), executor);
    }

    private Object waitAndAsk(Supplier<?> question) {
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Refused(Refusal.BUSY, "the hub has many to let in; try again", LATER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Refused(Refusal.BUSY, "the hub is shutting down; try again", LATER);
        }
        try {
            return question.get();
        } catch (Rejected e) {
            if (e.code().retry()) {
                LOG.warn("Nobody can be let in now: {}", e.detail(), e);
                return new Refused(Refusal.BUSY, e.detail(), LATER);
            }
            throw e;
        } finally {
            turns.release();
        }
    }
}
