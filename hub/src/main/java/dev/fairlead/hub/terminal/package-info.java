/// A shell in the browser: `POST .../terminals` gives a one-time ticket -> [AcceptTerminal] takes
/// the WebSocket -> its first message redeems the ticket -> [BrowserStream] is the page's end of a
/// stream, which `access.ServeClient` decides, records and joins with the node's, as every other.
///
/// The hub keeps nothing of a terminal: what the page has not seen, the node keeps, and gives it to
/// whoever takes the terminal up again by the offset (`docs/protocol.md`, section Terminals).
@NullMarked
package dev.fairlead.hub.terminal;

import org.jspecify.annotations.NullMarked;
