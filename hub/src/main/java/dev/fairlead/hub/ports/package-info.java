/// The network that Fairlead needs, as one list: `PortMatrix` is the truth for listeners, documents
/// and firewall text, and a test compares it with the sockets that are really open.
@NullMarked
package dev.fairlead.hub.ports;

import org.jspecify.annotations.NullMarked;
