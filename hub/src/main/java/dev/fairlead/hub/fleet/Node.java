package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.VerifyingKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An enrolled machine as people see it.
///
/// @param key by which the agent proves who it is
/// @param facts what the agent said of itself when it last came
/// @param policy what the agent says that it allows; null before it said so
/// @param copies other machines that came with this key within a day, the last one first
/// @param link the newest link; null where it never came
/// @param lastSeen null where it never came
/// @param statistics the newest; null before the first since this hub's start
public record Node(
        NodeId id,
        Name name,
        Labels labels,
        Instant created,
        VerifyingKey key,
        NodeFacts facts,
        @Nullable NodePolicy policy,
        List<NodeCopy> copies,
        @Nullable NodeLink link,
        @Nullable Instant lastSeen,
        @Nullable Statistics statistics) {

    public boolean isOnline() {
        return link != null && link.isOpen();
    }

    /// Since when it is online or offline; null where it never came.
    public @Nullable Instant since() {
        return link == null ? null : link.ended() == null ? link.connected() : link.ended();
    }

    Node with(@Nullable Instant seen, @Nullable Statistics newest) {
        Instant last = seen == null ? since() : seen;
        return new Node(id, name, labels, created, key, facts, policy, copies, link, last, newest);
    }
}
