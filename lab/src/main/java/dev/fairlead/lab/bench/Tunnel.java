package dev.fairlead.lab.bench;

import java.io.IOException;

/// A system that carries connections to the [Targets].
///
/// @param name as in the table
/// @param hops 2 where the user, too, has an encrypted connection of their own to the hub; 1 where
///   the hub offers a plain port; 0 where nothing is in between
/// @param about what it is made of
/// @param missing what must be installed for it; empty where it can be started
record Tunnel(String name, int hops, String about, String missing, Starter starter) {

    /// Starts it in front of the targets; returns when bytes pass.
    @FunctionalInterface
    interface Starter {
        Ports start(Programs programs, Ports targets) throws IOException, InterruptedException;
    }

    /// Whether it carries what Fairlead carries, over as many hops.
    boolean isPeer() {
        return hops == 2 && !name.startsWith(FairleadItself.NAME);
    }

    boolean isHere() {
        return missing.isEmpty();
    }
}
