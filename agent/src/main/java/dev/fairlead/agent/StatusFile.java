package dev.fairlead.agent;

import dev.fairlead.agent.dial.DialLoop;
import dev.fairlead.agent.dial.KnownHub;
import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.handshake.Between;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the agent's status to its folder at each change, for `fairlead agent status`.
final class StatusFile implements DialLoop.Told {

    private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);

    private final StateFolder folder;
    private final KnownHub known;
    private final InstantSource clock;
    private final CompletableFuture<@Nullable Void> linked = new CompletableFuture<>();
    private volatile AgentStatus current;

    StatusFile(StateFolder folder, KnownHub known, InstantSource clock) {
        this.folder = folder;
        this.known = known;
        this.clock = clock;
        this.current = status(AgentStatus.State.DIALING, clock.instant(), null, null, null);
    }

    AgentStatus current() {
        return current;
    }

    /// Completes with the first link.
    CompletableFuture<@Nullable Void> linked() {
        return linked;
    }

    void stopped() {
        now(AgentStatus.State.STOPPED, null, null, null);
    }

    @Override
    public void now(
            AgentStatus.State state,
            @Nullable URI hub,
            @Nullable Between between,
            @Nullable String error) {
        // A dial that fails again does not begin the state anew.
        var since = current.state() == state ? current.since() : clock.instant();
        current = status(state, since, hub, between, error);
        try {
            folder.writeStatus(current);
        } catch (IOException e) {
            LOG.warn("The status could not be written: {}", e.toString());
        }
        if (state == AgentStatus.State.LINKED) {
            linked.complete(null);
        }
    }

    private AgentStatus status(
            AgentStatus.State state,
            Instant since,
            @Nullable URI hub,
            @Nullable Between between,
            @Nullable String error) {
        var joined = known.state();
        return new AgentStatus(
                state,
                since,
                Version.text(),
                ProcessHandle.current().pid(),
                joined.node(),
                joined.name(),
                joined.tenantName(),
                hub == null ? null : hub.toString(),
                between == null ? null : between.innerTls(),
                between == null ? null : between.issuer(),
                error);
    }
}
