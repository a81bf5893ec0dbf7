package dev.fairlead.agent.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What no rule can allow: the hubs that this agent dials, and what a hub, its database and the
/// agent itself listen on.
///
/// A person who could reach those through a node would come from a loopback or inside address that
/// they are not meant to come from.
public final class Guarded {

    private final Supplier<List<Target>> hubs;
    private final List<Supplier<List<Listener>>> listeners;
    private final NameLookup lookup;
    private final LocalAddresses local;

    /// A listening TCP socket of this machine; the address may be the unspecified one.
    public record Listener(InetAddress address, int port, String what) {}

    /// Which addresses are this machine's own.
    @FunctionalInterface
    public interface LocalAddresses {
        boolean contains(InetAddress address);
    }

    /// @param hubs the hubs that the agent dials, as they are now
    /// @param listeners what is listened on now, asked at every check
    public Guarded(
            Supplier<List<Target>> hubs,
            List<Supplier<List<Listener>>> listeners,
            NameLookup lookup,
            LocalAddresses local) {
        this.hubs = hubs;
        this.listeners = List.copyOf(listeners);
        this.lookup = lookup;
        this.local = local;
    }

    /// Whether [#reason] waits for nothing: no hub's name is looked up, and what is listened on was
    /// read a moment ago.
    boolean knowsAtOnce(Target target) {
        for (var hub : hubs.get()) {
            if (hub.port() == target.port() && hub.literal() == null) {
                return false;
            }
        }
        for (var source : listeners) {
            if (source instanceof Remembered remembered && !remembered.isFresh()) {
                return false;
            }
        }
        return true;
    }

    /// Why this address of a target is never reached, or null where it may be.
    ///
    /// A guarded port of this machine is guarded on each of its addresses: a listener on 127.0.0.1
    /// may be the same service as one on another address.
    @Nullable String reason(Target target, InetAddress address) {
        for (var hub : hubs.get()) {
            if (hub.port() == target.port() && isHub(hub, target, address)) {
                return "is the hub itself";
            }
        }
        for (var source : listeners) {
            for (var listener : source.get()) {
                if (listener.port == target.port()
                        && (address.equals(listener.address) || sameMachine(address, listener))) {
                    return "belongs to " + listener.what;
                }
            }
        }
        return null;
    }

    private boolean isHub(Target hub, Target target, InetAddress address) {
        if (target.literal() == null && target.host().equals(hub.host())) {
            return true;
        }
        for (var hubAddress : addresses(hub)) {
            if (hubAddress.equals(address)
                    || (local.contains(hubAddress) && local.contains(address))) {
                return true;
            }
        }
        return false;
    }

    private List<InetAddress> addresses(Target hub) {
        if (hub.literal() != null) {
            return List.of(hub.literal());
        }
        try {
            return lookup.addresses(hub.host()).stream().map(Addresses::normal).toList();
        } catch (UnknownHostException e) {
            // Behind a proxy the agent often cannot resolve the hub's name, nor dial it.
            return List.of();
        }
    }

    private boolean sameMachine(InetAddress address, Listener listener) {
        return (listener.address.isAnyLocalAddress() || local.contains(listener.address))
                && local.contains(address);
    }
}
