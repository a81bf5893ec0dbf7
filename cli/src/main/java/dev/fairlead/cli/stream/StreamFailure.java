package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.StreamEnd;
import org.jspecify.annotations.Nullable;

/// What the end of a stream means to the person who opened it.
public final class StreamFailure {

    private StreamFailure() {}

    /// A stream that was refused: nothing was done at the node.
    ///
    /// @param message the other side's sentence, may be empty
    public static CliException refused(StreamEnd end, String message, String node) {
        return new CliException(
                switch (end) {
                    case DENIED, DENIED_BY_NODE, RIGHT_ENDED, ENDED_BY_OPERATOR -> Exit.DENIED;
                    case NODE_OFFLINE -> Exit.OFFLINE;
                    case LINK_LOST, GOING_AWAY, NOT_RESUMABLE -> Exit.BROKEN;
                    default -> Exit.FAILED;
                },
                sentence(end, message),
                hint(end, node));
    }

    /// A stream that broke after it had begun: what came of it is not complete.
    public static CliException broken(StreamEnd end, String message, String node) {
        return new CliException(Exit.BROKEN, sentence(end, message), hint(end, node));
    }

    /// The other side's sentence where it said one, else ours.
    private static String sentence(StreamEnd end, String message) {
        String text = message.strip();
        if (text.isEmpty() || text.equals(end.label())) {
            return words(end);
        }
        return text.matches("(?s).*[.!?)]") ? text : text + ".";
    }

    private static String words(StreamEnd end) {
        return switch (end) {
            case DONE -> "It ended before its result was told.";
            case CANCELLED -> "The other side broke it off.";
            case TARGET_REFUSED -> "The target refused the connection.";
            case TARGET_TIMEOUT -> "The target did not answer in time.";
            case TARGET_UNREACHABLE ->
                    "The target's name does not resolve at the node, or it has no route to it.";
            case TARGET_RESET -> "The target broke the connection off.";
            case DENIED_BY_NODE -> "The node's own policy does not allow it.";
            case DENIED -> "No grant of yours allows it, or there is no such node.";
            case NODE_OFFLINE -> "The node has no link to the hub now.";
            case RIGHT_ENDED -> "The right by which it lived has ended.";
            case ENDED_BY_OPERATOR -> "An operator ended the session.";
            case LINK_LOST -> "The link was lost.";
            case LIMIT -> "A limit was reached.";
            case GOING_AWAY -> "The hub or the node's agent is shutting down.";
            case NOT_RESUMABLE -> "The link was lost for longer than the node keeps a stream.";
            case PROTOCOL_ERROR, UNSUPPORTED, BAD_REQUEST, INTERNAL ->
                    "Hub or node failed (" + end.label() + ").";
        };
    }

    private static @Nullable String hint(StreamEnd end, String node) {
        return switch (end) {
            case DENIED ->
                    "fairlead status shows what you may do where; fairlead nodes what there is";
            case DENIED_BY_NODE -> "fairlead node show " + node + " shows what its policy allows";
            case NODE_OFFLINE -> "fairlead nodes --watch shows when it comes back";
            case RIGHT_ENDED ->
                    "fairlead status shows whether you are signed in and what you may do";
            case LINK_LOST, GOING_AWAY, NOT_RESUMABLE, TARGET_TIMEOUT, LIMIT -> "Try again";
            case UNSUPPORTED -> "fairlead node show " + node + " shows the version of its agent";
            default -> null;
        };
    }
}
