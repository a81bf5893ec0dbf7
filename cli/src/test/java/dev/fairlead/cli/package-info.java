/// [StubHub] stands in for a hub only where its answers must be odd; what works is shown against
/// real hubs in `lab`.
@NullMarked
package dev.fairlead.cli;

import org.jspecify.annotations.NullMarked;
