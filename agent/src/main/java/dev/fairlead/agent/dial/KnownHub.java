package dev.fairlead.agent.dial;

import dev.fairlead.agent.policy.Target;
import dev.fairlead.agent.state.AgentState;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.Welcome;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node knows of its hub; what the hub tells anew is kept for the next start.
public final class KnownHub {

    private static final Logger LOG = LoggerFactory.getLogger(KnownHub.class);

    private final StateFolder folder;
    private final List<URI> configured;
    private volatile AgentState state;
    private volatile @Nullable Targets targets;

    private record Targets(List<URI> from, List<Target> targets) {}

    /// @param configured addresses that go before those that the hub told; may be empty
    public KnownHub(StateFolder folder, AgentState state, List<URI> configured) {
        this.folder = folder;
        this.state = state;
        this.configured = List.copyOf(configured);
    }

    public AgentState state() {
        return state;
    }

    /// Whether this machine is no node any more by its own will.
    boolean hasLeft() {
        return !folder.hasJoined();
    }

    /// Addresses to dial, best first.
    public List<URI> addresses() {
        return configured.isEmpty() ? state.hubs() : configured;
    }

    /// The same as targets, which no stream may reach; each stream asks.
    public List<Target> targets() {
        var from = addresses();
        var known = targets;
        if (known == null || known.from != from) {
            known = new Targets(from, from.stream().map(KnownHub::target).toList());
            targets = known;
        }
        return known.targets;
    }

    private static Target target(URI hub) {
        return Target.parse(hub.getHost() + ":" + (hub.getPort() < 0 ? 443 : hub.getPort()));
    }

    HubAnchor anchor() {
        return new HubAnchor(Fingerprint.parse(state.root()), state.bundle());
    }

    /// Takes over what a proved hub said.
    void learn(HubIdentity hub, Welcome welcome) {
        var known = state;
        var told = welcome.hubs().stream().map(URI::create).toList();
        var learned =
                new AgentState(
                        welcome.id(),
                        welcome.name(),
                        welcome.tenant(),
                        welcome.tenantName(),
                        known.root(),
                        Math.max(known.bundle(), hub.bundle().number()),
                        told.isEmpty() ? known.hubs() : told,
                        known.joined());
        state = learned;
        if (!learned.equals(known)) {
            try {
                folder.write(learned);
            } catch (IOException e) {
                LOG.warn("What the hub told could not be kept; a restart will ask again", e);
            }
        }
    }
}
