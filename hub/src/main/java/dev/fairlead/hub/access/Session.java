package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A person's use of a target, live or past.
///
/// @param kind `ssh`, `exec` or `tcp`
/// @param user `NAME@TENANT`
/// @param login null where the node's default was used, or none applies
/// @param target `host:port` of a forward, the command of an exec
/// @param address where the person came from
/// @param interrupted whether it lives, but all of its streams are lost and may be resumed
/// @param ended null while it lives
/// @param cause the label of why it ended, as `StreamEnd` has it
/// @param bytesIn from the person to the node
/// @param bytesOut from the node to the person
public record Session(
        SessionId id,
        String kind,
        String node,
        NodeId nodeId,
        String user,
        @Nullable String login,
        @Nullable String target,
        String address,
        boolean interrupted,
        Instant started,
        @Nullable Instant ended,
        @Nullable String cause,
        long bytesIn,
        long bytesOut) {

    public boolean isLive() {
        return ended == null;
    }

    /// `live`, `interrupted` or `ended`.
    public String state() {
        if (!isLive()) {
            return "ended";
        }
        return interrupted ? "interrupted" : "live";
    }
}
