package dev.fairlead.hub.access;

import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a client link asks for by an OPEN (`docs/protocol.md`, section Streams).
///
/// @param tenant name or id
/// @param node name or id
/// @param login the account at the node; empty for the node's default
/// @param target `host:port` for TCP, empty else
/// @param argv for exec a JSON array, else null
/// @param size of a terminal, `COLUMNSxROWS`; empty else
/// @param resume null where the stream is not to be resumed, now or later
record OpenRequest(
        Kind kind,
        String tenant,
        String node,
        String login,
        String target,
        byte @Nullable [] argv,
        String size,
        @Nullable Resume resume) {

    private static final int MAX_NAME = 64;
    private static final int MAX_TARGET = 300;
    private static final Pattern RESUME_ID = Pattern.compile("[A-Za-z0-9_-]{22}");
    private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SIZE = Pattern.compile("[1-9][0-9]{0,3}x[1-9][0-9]{0,3}");

    /// What a stream can be, and what that needs.
    enum Kind {
        SSH(Act.STREAM_SSH),
        EXEC(Act.STREAM_EXEC),
        TCP(Act.STREAM_TCP),
        /// A shell that a browser shows; the hub opens it for a page of the console.
        TERMINAL(Act.STREAM_SSH);

        final Act act;

        Kind(Act act) {
            this.act = act;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What an OPEN says about resumption.
    ///
    /// @param id made by the opener, the same for all incarnations of the stream
    /// @param session that the stream is in; null in its first OPEN
    /// @param at how many bytes the opener has received; negative in the stream's first OPEN;
    ///   [#OLDEST] for all that the node keeps
    record Resume(String id, @Nullable SessionId session, long at) {

        static final long OLDEST = Long.MAX_VALUE;
        static final String OLDEST_WORD = "oldest";

        /// As the header `resume-at` says it.
        String atText() {
            return at == OLDEST ? OLDEST_WORD : Long.toString(at);
        }

        /// Whether it takes up a stream that there was.
        boolean resumes() {
            return at >= 0;
        }
    }

    /// Whether it takes up a stream that there was.
    boolean resumes() {
        return resume != null && resume.resumes();
    }

    /// The same, as a stream that is not to be resumed.
    OpenRequest plain() {
        return new OpenRequest(kind, tenant, node, login, target, argv, size, null);
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
                kind == Kind.EXEC ? headers.needBytes("argv") : null,
                kind == Kind.TERMINAL ? size(headers.need("size")) : "",
                resume(headers, kind == Kind.TERMINAL));
    }

    private static String size(String text) {
        if (!SIZE.matcher(text).matches()) {
            throw new ProtocolException("header size is not COLUMNSxROWS");
        }
        return text;
    }

    private static @Nullable Resume resume(Headers headers, boolean mayTakeOldest) {
        var id = headers.text("resume-id");
        var at = headers.text("resume-at");
        if (id == null && at == null) {
            return null;
        }
        if (id == null || !RESUME_ID.matcher(id).matches()) {
            throw new ProtocolException("header resume-id is not 22 characters of base64url");
        }
        if (at == null) {
            return new Resume(id, null, -1);
        }
        boolean oldest = mayTakeOldest && at.equals(Resume.OLDEST_WORD);
        if (!oldest && !OFFSET.matcher(at).matches()) {
            throw new ProtocolException("header resume-at is no number of bytes");
        }
        return new Resume(
                id,
                SessionId.parse(headers.need("session"))
                        .orElseThrow(
                                () -> new ProtocolException("header session is no session's id")),
                oldest ? Resume.OLDEST : Long.parseLong(at));
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
        if (text.length() > max || hasControls(text)) {
            throw new ProtocolException(
                    "header "
                            + name
                            + " is longer than "
                            + max
                            + " characters or has control characters");
        }
        return text;
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static String shown(String text) {
        return text.length() <= 32 && text.matches("[a-z0-9-]+") ? text : "that";
    }
}
