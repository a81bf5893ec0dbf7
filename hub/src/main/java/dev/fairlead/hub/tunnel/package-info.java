/// The links of this hub: a request to `/link` becomes a connection of its own ([TakeOver]), both
/// sides prove themselves, and the link is kept in [Links] until it ends.
@NullMarked
package dev.fairlead.hub.tunnel;

import org.jspecify.annotations.NullMarked;
