/// Keeps this node linked: [dev.fairlead.agent.dial.DialLoop] dials
/// ([dev.fairlead.agent.dial.DialHub]), serves until the link ends, waits, and dials again.
@NullMarked
package dev.fairlead.agent.dial;

import org.jspecify.annotations.NullMarked;
