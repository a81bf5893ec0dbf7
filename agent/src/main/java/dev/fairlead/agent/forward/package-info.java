/// Streams of kind `tcp`: OPEN -> [dev.fairlead.agent.policy.Reach] -> dial the target on the
/// link's event loop -> [dev.fairlead.link.Splice].
@NullMarked
package dev.fairlead.agent.forward;

import org.jspecify.annotations.NullMarked;
