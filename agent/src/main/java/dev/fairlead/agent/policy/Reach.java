package dev.fairlead.agent.policy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// May this target be reached from this node? The hub cannot widen the answer.
public final class Reach {

    private final List<Rule> allow;
    private final List<Rule> deny;
    private final Guarded guarded;
    private final NameLookup lookup;

    /// What came of a question.
    public sealed interface Answer {}

    /// The target may be reached at these addresses, which are to be dialled in this order and not
    /// looked up again.
    public record Allowed(List<InetSocketAddress> addresses) implements Answer {
        public Allowed {
            addresses = List.copyOf(addresses);
        }
    }

    /// @param reason one sentence for the person who asked
    public record Denied(String reason) implements Answer {}

    /// The name has no address.
    ///
    /// @param reason one sentence for the person who asked
    public record Unresolved(String reason) implements Answer {}

    /// @param deny wins over `allow`
    public Reach(List<Rule> allow, List<Rule> deny, Guarded guarded, NameLookup lookup) {
        this.allow = List.copyOf(allow);
        this.deny = List.copyOf(deny);
        this.guarded = guarded;
        this.lookup = lookup;
    }

    /// Whether the built-in SSH server and exec may be used at all.
    public boolean ssh() {
        return allow.stream().anyMatch(Rule.Ssh.class::isInstance);
    }

    /// Looks up and judges a target. May block for as long as the lookup does.
    ///
    /// @param text `host:port` or `[v6]:port`, as the stream's header has it
    public Answer check(String text) {
        Target target;
        try {
            target = Target.parse(text);
        } catch (IllegalArgumentException e) {
            return unreadable(e);
        }
        List<InetAddress> found;
        try {
            found =
                    target.literal() != null
                            ? List.of(target.literal())
                            : mayBeNamed(target) ? lookup.addresses(target.host()) : List.of();
        } catch (UnknownHostException e) {
            return new Unresolved(
                    "The node cannot resolve " + target.host() + " (" + e.getMessage() + ").");
        }
        return judge(target, found);
    }

    /// The answer of [#check] where it waits for nothing, for an event loop; null where a name has
    /// to be looked up, or what is listened on to be read anew.
    ///
    /// @param text as for [#check]
    public @Nullable Answer checkAtOnce(String text) {
        Target target;
        try {
            target = Target.parse(text);
        } catch (IllegalArgumentException e) {
            return unreadable(e);
        }
        return target.literal() != null && guarded.knowsAtOnce(target)
                ? judge(target, List.of(target.literal()))
                : null;
    }

    private static Answer unreadable(IllegalArgumentException why) {
        return new Denied("This node does not dial that: " + why.getMessage() + ".");
    }

    private Answer judge(Target target, List<InetAddress> found) {
        var passed = new ArrayList<InetSocketAddress>();
        String refusal = null;
        for (var address : found) {
            var normal = Addresses.normal(address);
            String reason = refusal(target, normal);
            if (reason == null) {
                passed.add(new InetSocketAddress(normal, target.port()));
            } else if (refusal == null) {
                refusal = reason;
            }
        }
        if (!passed.isEmpty()) {
            return new Allowed(passed);
        }
        return new Denied(refusal == null ? notAllowed(target) : refusal);
    }

    /// A name is looked up only where some rule could cover it, so that a person cannot use a node
    /// to read the DNS of its network.
    private boolean mayBeNamed(Target target) {
        return allow.stream()
                .anyMatch(rule ->
                        switch (rule) {
                            case Rule.Ssh _ -> false;
                            case Rule.Loopback r -> r.ports().contains(target.port());
                            case Rule.Network r -> r.ports().contains(target.port());
                            case Rule.Name r ->
                                    r.matches(target.host()) && r.ports().contains(target.port());
                        });
    }

    private @Nullable String refusal(Target target, InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return "This node does not dial the unspecified address "
                    + Addresses.show(address, target.port())
                    + "; name the address that is meant, such as 127.0.0.1.";
        }
        if (address.isMulticastAddress() || isBroadcast(address)) {
            return "This node does not dial the multicast or broadcast address "
                    + Addresses.show(address, target.port())
                    + ".";
        }
        InetAddress embedded = Addresses.embedded(address);
        for (var each : embedded == null ? List.of(address) : List.of(address, embedded)) {
            String reason = guarded.reason(target, each);
            if (reason != null) {
                return described(target, address)
                        + " "
                        + reason
                        + "; no rule of a node can allow that.";
            }
            if (deny.stream().anyMatch(rule -> rule.covers(target, each))) {
                return "This node's policy denies "
                        + described(target, address)
                        + " (`deny:` in its agent.yaml).";
            }
        }
        return allow.stream().anyMatch(rule -> rule.covers(target, address))
                ? null
                : notAllowed(target);
    }

    private static String notAllowed(Target target) {
        return "This node's policy does not allow "
                + target
                + "; the node's owner can add it under `allow:` in agent.yaml.";
    }

    private static String described(Target target, InetAddress address) {
        return target.literal() != null
                ? target.toString()
                : target + " (" + address.getHostAddress() + ")";
    }

    private static boolean isBroadcast(InetAddress address) {
        return address.getHostAddress().equals("255.255.255.255");
    }

    /// Whether an address is one of this machine, by its interfaces.
    public static boolean isLocal(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return true;
        }
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
