package dev.fairlead.link;

import java.util.Locale;

/// Why a link ended. The label is the word in metrics, logs and the node's link history; the code
/// is what GOAWAY carries (`docs/protocol.md`).
public enum LinkEnd {
    /// The other side closed the connection in order.
    CLOSED(0),
    /// The connection broke.
    CONNECTION_LOST(1),
    /// Nothing came for longer than the time after which a peer counts as dead.
    DEAD_PEER(2),
    /// The hub is shutting down or draining: dial again.
    GOING_AWAY(3),
    /// A newer link of the same node took over.
    TAKEN_OVER(4),
    /// The node, its key or its tenant was removed: do not dial again with this identity.
    REVOKED(5),
    /// The credential of the client link ended.
    RIGHT_ENDED(6),
    /// The other side broke a rule of the protocol.
    PROTOCOL_ERROR(7),
    /// The other side exceeded a limit of the link.
    LIMIT(8),
    /// This process failed; its log says how.
    INTERNAL(9);

    private static final LinkEnd[] BY_CODE = values();

    private final int code;

    LinkEnd(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// The word for logs, metrics and history, such as `dead-peer`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// How the streams of such a link end: only those of a link that was lost may be resumed.
    StreamEnd ofStreams() {
        return switch (this) {
            case CLOSED -> StreamEnd.CANCELLED;
            case REVOKED, RIGHT_ENDED -> StreamEnd.RIGHT_ENDED;
            case CONNECTION_LOST,
                    DEAD_PEER,
                    GOING_AWAY,
                    TAKEN_OVER,
                    PROTOCOL_ERROR,
                    LIMIT,
                    INTERNAL ->
                    StreamEnd.LINK_LOST;
        };
    }

    /// The end with this code; [#INTERNAL] for a code of a later version.
    public static LinkEnd ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INTERNAL;
    }
}
