package dev.fairlead.agent.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How an agent is doing, as `agent status` shows it; kept in `status.json` while it runs.
///
/// @param since when this state began
/// @param hub the address that is linked or dialled
/// @param innerTls whether the link has a second TLS inside; null without a link
/// @param between who issued the certificate that was seen in between; null where it is the hub's
/// @param error what went wrong last, and what to do; null once a link stands again
public record AgentStatus(
        State state,
        Instant since,
        String version,
        long pid,
        String node,
        String name,
        String tenant,
        @Nullable String hub,
        @Nullable Boolean innerTls,
        @Nullable String between,
        @Nullable String error) {

    /// Where the agent stands.
    public enum State {
        DIALING,
        LINKED,
        /// The hub does not want this node any more.
        REVOKED,
        STOPPED
    }
}
