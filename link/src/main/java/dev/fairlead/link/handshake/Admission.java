package dev.fairlead.link.handshake;

import java.util.concurrent.CompletionStage;

/// Who decides about a dialer that has proved its identity; asynchronous, because it asks the
/// database on other threads. Called on the event loop, so nothing here may block.
///
/// The answer may come too late, when the dialer is gone or was told that the hub is busy. What was
/// admitted must therefore be repeatable: an enrolment is bound to [PeerIdentity#key()], and a link
/// counts only once [HubHandshake#outcome()] says so.
public interface Admission {

    /// Decides about a node, an enrolment by token or a client.
    CompletionStage<? extends Verdict> admit(PeerIdentity peer);

    /// Takes in a machine that asks to be approved.
    ///
    /// @param fingerprint what both ends show, so that people can see that nobody is in between
    CompletionStage<? extends PairingAnswer> pair(PeerIdentity peer, String fingerprint);
}
