package dev.fairlead.link.handshake;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// One machine's wait for an operator, as the hub keeps it.
public non-sealed interface Pairing extends PairingAnswer {

    /// What the person at the node reads out and the operator types.
    String code();

    /// How long it can be approved; at most [HandshakeSettings#pairing()].
    Duration expires();

    /// Completes when an operator approved or denied it. A [Refused] may also say that it expired.
    CompletionStage<? extends Approval> approval();

    /// The person at the node said yes: enrols it.
    CompletionStage<? extends Verdict> confirmed();

    /// The dialer said no, went away or ran out of time: the code must no longer be found. Not
    /// called after [#confirmed()].
    void abandoned();
}
