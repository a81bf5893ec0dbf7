package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A terminal that lives here: a session of that kind.
///
/// @param login empty for the node's default
/// @param detachedFor null where a page shows it
/// @param within how long it may be detached
public record LiveTerminal(
        SessionId id,
        TenantId tenant,
        NodeId node,
        String nodeName,
        String login,
        Instant since,
        @Nullable Duration detachedFor,
        Duration within) {

    private static final int AFTER_MILLIS = 16;

    static LiveTerminal of(LiveSession session, Duration within) {
        return new LiveTerminal(
                session.id(),
                session.tenant(),
                session.node(),
                session.nodeName(),
                session.login(),
                // A UUIDv7 begins with the time.
                Instant.ofEpochMilli(session.id().uuid().getMostSignificantBits() >>> AFTER_MILLIS),
                session.isInterrupted() ? session.interruptedFor() : null,
                within);
    }
}
