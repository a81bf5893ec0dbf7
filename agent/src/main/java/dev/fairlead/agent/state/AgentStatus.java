package dev.fairlead.agent.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How an agent is doing, as `agent status` shows it; kept in `status.json` while it runs.
///
/// @param since when this state began
/// @param hub the address that is linked or dialled
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
