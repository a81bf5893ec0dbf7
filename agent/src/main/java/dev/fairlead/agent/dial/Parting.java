package dev.fairlead.agent.dial;

import dev.fairlead.link.LinkEnd;
import java.time.Duration;

/// Why the dial loop is to dial again, or not.
sealed interface Parting {

    /// The link is over.
    record Ended(LinkEnd cause, String message) implements Parting {}

    /// The hub is draining: dial anew after a while, the old link serves what it has.
    record Draining(Duration after, String message) implements Parting {}
}
