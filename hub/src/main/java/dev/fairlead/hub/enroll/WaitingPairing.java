package dev.fairlead.hub.enroll;

import dev.fairlead.hub.db.PairingId;
import dev.fairlead.link.handshake.Approval;
import dev.fairlead.link.handshake.Approved;
import dev.fairlead.link.handshake.Pairing;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One machine's connection that waits. Called by the handshake on its event loop, so all that asks
/// the database goes to the executor.
final class WaitingPairing implements Pairing {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingPairing.class);

    private final Pairings pairings;
    private final PairingId id;
    private final PeerIdentity peer;
    private final String address;
    private final String code;
    private final Duration expires;
    private final Instant until;
    private final Executor executor;
    private final CompletableFuture<Approval> approval = new CompletableFuture<>();

    WaitingPairing(
            Pairings pairings,
            PairingId id,
            PeerIdentity peer,
            String address,
            String code,
            Duration expires,
            Instant until,
            Executor executor) {
        this.pairings = pairings;
        this.id = id;
        this.peer = peer;
        this.address = address;
        this.code = code;
        this.expires = expires;
        this.until = until;
        this.executor = executor;
    }

    PairingId id() {
        return id;
    }

    PeerIdentity peer() {
        return peer;
    }

    String address() {
        return address;
    }

    /// When its code is good no more.
    Instant until() {
        return until;
    }

    /// Whether nobody has approved it or turned it away yet.
    boolean isOpen() {
        return !approval.isDone();
    }

    void approve(Approved approved) {
        approval.complete(approved);
    }

    void deny() {
        approval.complete(
                new Refused(
                        Refusal.PAIRING_DENIED,
                        "an operator of the hub turned this machine away; agree with them, and start"
                                + " again for a new code"));
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public Duration expires() {
        return expires;
    }

    @Override
    public CompletionStage<Approval> approval() {
        return approval;
    }

    @Override
    public CompletionStage<Verdict> confirmed() {
        return CompletableFuture.supplyAsync(() -> pairings.enrol(this), executor);
    }

    @Override
    public void abandoned() {
        executor.execute(() -> {
            try {
                pairings.abandon(this);
            } catch (RuntimeException e) {
                // Its code cannot be approved any more all the same, and it expires.
                LOG.warn("The pairing {} is not taken back", id, e);
            }
        });
    }
}
