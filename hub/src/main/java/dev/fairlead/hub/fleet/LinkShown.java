package dev.fairlead.hub.fleet;

import dev.fairlead.link.LinkEnd;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The schema `Link`.
///
/// @param end null while it is open
/// @param why the same as a sentence
record LinkShown(
        long number,
        String state,
        Instant began,
        @Nullable Instant ended,
        @Nullable String end,
        @Nullable String why,
        String address,
        String hub,
        boolean innerTls,
        @Nullable String between) {

    static LinkShown of(NodeLink link) {
        return new LinkShown(
                link.epoch(),
                link.isOpen() ? "open" : "ended",
                link.connected(),
                link.ended(),
                link.reason(),
                link.isOpen() ? null : why(link.reason()),
                link.address(),
                link.hub(),
                link.innerTls(),
                link.between());
    }

    private static String why(@Nullable String reason) {
        LinkEnd end;
        try {
            end =
                    LinkEnd.valueOf(
                            String.valueOf(reason).toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            return "It is not known why it ended.";
        }
        return switch (end) {
            case CLOSED -> "The agent closed it: it was stopped, or it had just joined.";
            case CONNECTION_LOST -> "The connection broke, or the hub or the agent was killed.";
            case DEAD_PEER ->
                    "Nothing came from the agent for too long: its machine is off or asleep, or the"
                            + " network lost it.";
            case GOING_AWAY -> "The hub stopped or was drained; the agent dials again.";
            case TAKEN_OVER -> "A newer link of the same agent took over.";
            case REVOKED -> "The node, its key or its tenant was removed.";
            case RIGHT_ENDED -> "The right to the link ended.";
            case PROTOCOL_ERROR ->
                    "The agent broke a rule of the protocol; the hub's log says which.";
            case LIMIT -> "The agent exceeded a limit of the link; the hub's log says which.";
            case INTERNAL -> "The hub or the agent failed; the log of the one that did says how.";
        };
    }
}
