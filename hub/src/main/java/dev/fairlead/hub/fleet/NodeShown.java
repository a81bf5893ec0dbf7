package dev.fairlead.hub.fleet;

import dev.fairlead.link.handshake.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The schema `Node`.
record NodeShown(
        String id,
        String name,
        Map<String, String> labels,
        Instant created,
        String keyFingerprint,
        @Nullable String agentVersion,
        @Nullable String hostname,
        @Nullable String os,
        @Nullable String arch,
        Link link,
        @Nullable Instant lastSeen,
        Map<String, Integer> capabilities,
        @Nullable NodePolicy policy,
        List<Copy> copies,
        @Nullable Sample statistics) {

    /// @param since null where it never came
    /// @param innerTls null where it never came
    /// @param between who issued the certificate that the agent saw in between
    /// @param end why the last one ended
    /// @param rttMillis null while it is offline, and before the agent told it
    record Link(
            String state,
            @Nullable Instant since,
            @Nullable String address,
            @Nullable String hub,
            @Nullable Boolean innerTls,
            @Nullable String between,
            @Nullable String end,
            @Nullable Double rttMillis) {}

    /// Another machine with this node's key.
    record Copy(@Nullable String hostname, String address, Instant firstSeen, Instant lastSeen) {

        static Copy of(NodeCopy copy) {
            return new Copy(
                    copy.hostname(),
                    copy.address(),
                    copy.firstSeen().toInstant(),
                    copy.lastSeen().toInstant());
        }
    }

    /// The schema `Statistics`.
    record Sample(
            Instant at,
            String health,
            List<String> problems,
            @Nullable Double cpu,
            @Nullable Integer cores,
            @Nullable List<Double> load,
            @Nullable Long memoryTotal,
            @Nullable Long memoryUsed,
            @Nullable Long networkIn,
            @Nullable Long networkOut,
            @Nullable Long uptime,
            @Nullable Double rttMillis,
            List<Statistics.Disk> disks) {

        static Sample of(Statistics s) {
            return new Sample(
                    s.at(),
                    s.health(),
                    s.problems(),
                    s.cpu(),
                    s.cores(),
                    s.load(),
                    s.memoryTotal(),
                    s.memoryUsed(),
                    s.networkIn(),
                    s.networkOut(),
                    s.uptime(),
                    s.rttMillis(),
                    s.disks());
        }
    }

    /// Of its link; null while it is offline, and before the agent told it.
    static @Nullable Double rtt(Node node) {
        var statistics = node.statistics();
        return statistics == null || !node.isOnline() ? null : statistics.rttMillis();
    }

    static NodeShown of(Node node) {
        var facts = node.facts();
        var link = node.link();
        var statistics = node.statistics();
        return new NodeShown(
                node.id().text(),
                node.name().text(),
                node.labels().map(),
                node.created(),
                Fingerprint.of(node.key()).toString(),
                facts.agentVersion(),
                facts.hostname(),
                facts.os(),
                facts.arch(),
                new Link(
                        node.isOnline() ? "online" : "offline",
                        node.since(),
                        link == null ? null : link.address(),
                        link == null ? null : link.hub(),
                        link == null ? null : link.innerTls(),
                        link == null ? null : link.between(),
                        link == null ? null : link.reason(),
                        rtt(node)),
                node.lastSeen(),
                facts.capabilities(),
                node.policy(),
                node.copies().stream().map(Copy::of).toList(),
                statistics == null ? null : Sample.of(statistics));
    }
}
