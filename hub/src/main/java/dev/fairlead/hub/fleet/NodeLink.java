package dev.fairlead.hub.fleet;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One link of a node, open or past.
///
/// @param epoch numbers the node's links; the highest counts
/// @param hub which hub has it
/// @param address where the agent dialled from
/// @param innerTls whether it has a second TLS inside
/// @param between who issued the certificate that the agent saw in between; null where it was the
///   hub's
/// @param ended null while it is open
/// @param reason the label of why it ended, as `LinkEnd` has it
public record NodeLink(
        long epoch,
        String hub,
        String address,
        boolean innerTls,
        @Nullable String between,
        Instant connected,
        @Nullable Instant ended,
        @Nullable String reason) {

    public boolean isOpen() {
        return ended == null;
    }
}
