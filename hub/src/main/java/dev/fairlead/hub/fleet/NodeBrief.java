package dev.fairlead.hub.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The schema `Node` with what a list of very many nodes shows; the rest, and what is not known, is
/// left out.
@JsonInclude(JsonInclude.Include.NON_NULL)
record NodeBrief(
        String id,
        String name,
        Map<String, String> labels,
        Instant created,
        @Nullable String agentVersion,
        @Nullable String hostname,
        @Nullable String os,
        @Nullable String arch,
        Link link,
        @Nullable Instant lastSeen,
        @Nullable List<NodeShown.Copy> copies,
        @Nullable Sample statistics) {

    /// Without the hub and what is inside the link.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Link(
            String state,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant since,
            @Nullable String address,
            @Nullable String end,
            @Nullable Double rttMillis) {}

    /// Of the disks the fullest.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Sample(
            Instant at,
            String health,
            List<String> problems,
            @Nullable Double cpu,
            @Nullable Long memoryTotal,
            @Nullable Long memoryUsed,
            @Nullable Long networkIn,
            @Nullable Long networkOut,
            @Nullable Long uptime,
            List<Statistics.Disk> disks) {

        static Sample of(Statistics s) {
            return new Sample(
                    s.at(),
                    s.health(),
                    s.problems(),
                    s.cpu(),
                    s.memoryTotal(),
                    s.memoryUsed(),
                    s.networkIn(),
                    s.networkOut(),
                    s.uptime(),
                    s.disks().stream()
                            .filter(disk -> disk.total() > 0)
                            .max(
                                    Comparator.comparingDouble(
                                            disk -> (double) disk.used() / disk.total()))
                            .stream()
                            .toList());
        }
    }

    static NodeBrief of(Node node) {
        var facts = node.facts();
        var link = node.link();
        var statistics = node.statistics();
        return new NodeBrief(
                node.id().text(),
                node.name().text(),
                node.labels().map(),
                node.created(),
                facts.agentVersion(),
                facts.hostname(),
                facts.os(),
                facts.arch(),
                new Link(
                        node.isOnline() ? "online" : "offline",
                        node.since(),
                        link == null ? null : link.address(),
                        link == null ? null : link.reason(),
                        NodeShown.rtt(node)),
                node.lastSeen(),
                node.copies().isEmpty()
                        ? null
                        : node.copies().stream().map(NodeShown.Copy::of).toList(),
                statistics == null ? null : Sample.of(statistics));
    }
}
