package dev.fairlead.hub.access;

import dev.fairlead.hub.rbac.Act;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a client link asks for by an OPEN (`docs/protocol.md`, section Streams).
///
/// @param tenant name or id
/// @param node name or id
/// @param login the account at the node; empty for the node's default
/// @param target `host:port` for TCP, empty else
/// @param argv for exec a JSON array, else null
record OpenRequest(
        Kind kind,
        String tenant,
        String node,
        String login,
        String target,
        byte @Nullable [] argv) {

    private static final int MAX_NAME = 64;
    private static final int MAX_TARGET = 300;

    /// What a stream can be, and what that needs.
    enum Kind {
        SSH(Act.STREAM_SSH),
        EXEC(Act.STREAM_EXEC),
        TCP(Act.STREAM_TCP);

        final Act act;

        Kind(Act act) {
            this.act = act;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @throws ProtocolException naming the header that is wrong
    static OpenRequest of(Headers headers) {
        var kind = kind(headers.need("kind"));
        return new OpenRequest(
                kind,
                bounded(headers, "tenant", MAX_NAME, true),
                bounded(headers, "node", MAX_NAME, true),
                bounded(headers, "login", MAX_NAME, false),
                bounded(headers, "target", MAX_TARGET, kind == Kind.TCP),
                kind == Kind.EXEC ? headers.needBytes("argv") : null);
    }

    private static Kind kind(String label) {
        for (var kind : Kind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new ProtocolException("streams of kind " + shown(label) + " are not served here");
    }

    private static String bounded(Headers headers, String name, int max, boolean needed) {
        String text = headers.text(name);
        if (text == null || text.isEmpty()) {
            if (needed) {
                throw new ProtocolException("header " + name + " is missing");
            }
            return "";
        }
        if (text.length() > max || text.chars().anyMatch(Character::isISOControl)) {
            throw new ProtocolException(
                    "header "
                            + name
                            + " is longer than "
                            + max
                            + " characters or has control characters");
        }
        return text;
    }

    private static String shown(String text) {
        return text.length() <= 32 && text.matches("[a-z0-9-]+") ? text : "that";
    }
}
