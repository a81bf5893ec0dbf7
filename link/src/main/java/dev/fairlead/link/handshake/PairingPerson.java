package dev.fairlead.link.handshake;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The person at a node that asks to be approved. Called on the event loop, so nothing here may
/// block.
public interface PairingPerson {

    /// Shows what the operator needs.
    ///
    /// @param fingerprint the same text at both ends, or somebody is in between
    void show(String code, String fingerprint, Duration expires);

    /// Asks whether to join. An error counts as no.
    CompletionStage<Boolean> confirm(Approved approved, HubIdentity hub);

    /// For the roles that never pair.
    static PairingPerson nobody() {
        return new PairingPerson() {
            @Override
            public void show(String code, String fingerprint, Duration expires) {}

            @Override
            public CompletionStage<Boolean> confirm(Approved approved, HubIdentity hub) {
                return CompletableFuture.completedStage(false);
            }
        };
    }
}
