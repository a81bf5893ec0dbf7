/// The WebSocket framing of RFC 6455 under a link: bytes of binary messages in and out, nothing
/// gathered.
@NullMarked
package dev.fairlead.link.ws;

import org.jspecify.annotations.NullMarked;
