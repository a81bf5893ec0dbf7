/// The tunnel protocol of `docs/protocol.md`: one connection that carries many streams.
///
/// A connection becomes a [Link] in three steps: WebSocket upgrade (`ws`), proof of identity on
/// both sides (`handshake`), then frames. The package knows Netty and nothing of the product.
@NullMarked
package dev.fairlead.link;

import org.jspecify.annotations.NullMarked;
