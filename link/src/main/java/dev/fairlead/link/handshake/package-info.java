/// The proof of identity: everything between a WebSocket that is open and a link that may carry
/// frames.
///
/// The dialer ([DialerHandshake]) says HELLO; the hub ([HubHandshake]) proves with PROOF that it
/// holds a key that the deployment's root signed ([KeyBundle]) and that the TLS certificate is its
/// own; only then does the dialer send its IDENTITY and credential, the hub asks its [Admission],
/// and answers WELCOME or REFUSED. Section "Proof of identity" of `docs/protocol.md` is the
/// contract; [Wire] and [HandshakeMessage] are its bytes.
@NullMarked
package dev.fairlead.link.handshake;

import org.jspecify.annotations.NullMarked;
