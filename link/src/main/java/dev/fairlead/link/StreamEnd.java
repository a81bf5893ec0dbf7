package dev.fairlead.link;

import java.util.Locale;

/// Why a stream was refused or ended. The label is the word in metrics, logs, audit and messages;
/// the code is what RESET and REFUSE carry (`docs/protocol.md`).
public enum StreamEnd {
    /// Both directions ended after all their bytes.
    DONE(0),
    /// The person or program that opened it went away.
    CANCELLED(1),
    /// The target refused the connection.
    TARGET_REFUSED(2),
    /// The target did not answer in time.
    TARGET_TIMEOUT(3),
    /// The target's name did not resolve, or there is no route to it.
    TARGET_UNREACHABLE(4),
    /// The target broke the connection off.
    TARGET_RESET(5),
    /// The node's own policy does not allow this target or login.
    DENIED_BY_NODE(6),
    /// No grant allows this, or what it is asked of does not exist.
    DENIED(7),
    /// The node has no link now.
    NODE_OFFLINE(8),
    /// A right that the stream lived by was withdrawn or expired.
    RIGHT_ENDED(9),
    /// An operator ended the session.
    ENDED_BY_OPERATOR(10),
    /// A link under the stream was lost; the stream may be resumed.
    LINK_LOST(11),
    /// A limit on streams, memory or rate was reached.
    LIMIT(12),
    /// The other side broke a rule of the protocol.
    PROTOCOL_ERROR(13),
    /// The stream's kind is not served there.
    UNSUPPORTED(14),
    /// The headers of the stream make no sense.
    BAD_REQUEST(15),
    /// The serving side failed; its log says how.
    INTERNAL(16),
    /// The serving side is shutting down.
    GOING_AWAY(17),
    /// Nothing is kept there of the stream that was to be resumed.
    NOT_RESUMABLE(18);

    private static final StreamEnd[] BY_CODE = values();

    private final int code;

    StreamEnd(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// The word for logs, metrics and audit, such as `target-refused`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The end with this word; [#INTERNAL] for one of a later version.
    public static StreamEnd ofLabel(String label) {
        for (var end : BY_CODE) {
            if (end.label().equals(label)) {
                return end;
            }
        }
        return INTERNAL;
    }

    /// The end with this code; [#INTERNAL] for a code of a later version.
    public static StreamEnd ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INTERNAL;
    }
}
