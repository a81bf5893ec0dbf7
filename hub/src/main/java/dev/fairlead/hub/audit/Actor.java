package dev.fairlead.hub.audit;

import org.jspecify.annotations.Nullable;

/// Who acts, as the audit writes it.
///
/// @param who `NAME@TENANT`, a node's name, or `hub`
/// @param id the typed id of that user or node
/// @param credential the id of the sign-in or API token that was used
/// @param address where from
public record Actor(
        String who, @Nullable String id, @Nullable String credential, @Nullable String address) {

    /// The hub itself: its chores, and what is typed at its own command line.
    public static final Actor HUB = new Actor("hub", null, null, null);
}
