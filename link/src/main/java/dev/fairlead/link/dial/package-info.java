/// The way out: from a hub's address to a connection on which both sides have proved themselves.
///
/// [Dialer] goes step by step on a virtual thread: resolve and connect (or connect to the proxy of
/// [ProxySettings] and ask it for a tunnel, [ProxyTunnel]), TLS ([TlsClient]), WebSocket upgrade
/// ([Upgrade]), handshake. Whatever goes wrong is a [DialException] with a sentence for a person.
@NullMarked
package dev.fairlead.link.dial;

import org.jspecify.annotations.NullMarked;
