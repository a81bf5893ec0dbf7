package dev.fairlead.hub.fleet;

import dev.fairlead.link.handshake.PeerIdentity;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an agent says of itself when it comes: unproved, so cleaned and cut to the lengths of the
/// API's schema `Node`. What it does not say is null.
///
/// @param capabilities name to version, at most 64; those that break the rules are left out
public record NodeFacts(
        @Nullable String agentVersion,
        @Nullable String hostname,
        @Nullable String os,
        @Nullable String arch,
        SortedMap<String, Integer> capabilities) {

    public static final NodeFacts NONE = new NodeFacts(null, null, null, null, new TreeMap<>());

    private static final int MAX_CAPABILITIES = 64;
    private static final Pattern CAPABILITY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,63}");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,5}");

    public NodeFacts {
        agentVersion = Printable.of(agentVersion, 64);
        hostname = Printable.of(hostname, 253);
        os = Printable.of(os, 128);
        arch = Printable.of(arch, 32);
        capabilities = Collections.unmodifiableSortedMap(new TreeMap<>(capabilities));
    }

    /// What is known of the machine, as it is stored.
    public SortedMap<String, String> platform() {
        TreeMap<String, String> platform = new TreeMap<>();
        putIfKnown(platform, "hostname", hostname);
        putIfKnown(platform, "os", os);
        putIfKnown(platform, "arch", arch);
        return platform;
    }

    private static void putIfKnown(Map<String, String> map, String key, @Nullable String value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    public static NodeFacts of(PeerIdentity peer) {
        return of(peer.info(), peer.capabilities());
    }

    static NodeFacts of(Map<String, String> info, Map<String, String> capabilities) {
        TreeMap<String, Integer> known = new TreeMap<>();
        new TreeMap<>(capabilities)
                .forEach((name, version) -> {
                    if (known.size() < MAX_CAPABILITIES
                            && CAPABILITY.matcher(name).matches()
                            && VERSION.matcher(version).matches()
                            && Integer.parseInt(version) <= 65_535) {
                        known.put(name, Integer.parseInt(version));
                    }
                });
        return new NodeFacts(
                info.get("agent-version"),
                info.get("hostname"),
                info.get("os"),
                info.get("arch"),
                known);
    }
}
