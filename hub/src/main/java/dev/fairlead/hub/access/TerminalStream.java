package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/// How the hub opens a stream for a page: that of a terminal, or of a program.
///
/// The resume id of such a stream is the id of its session in other letters. So a hub that was
/// killed has lost nothing that it needs to take a terminal up again, and a page needs nothing but
/// the terminal's name, which is no secret: whose it is decides [Resumption].
public final class TerminalStream {

    private static final int ID_BYTES = 16;

    private TerminalStream() {}

    /// A program that begins.
    ///
    /// @param id fresh
    /// @param argv a JSON array of text
    public static Headers exec(
            SessionId id, TenantId tenant, NodeId node, String login, String argv) {
        return Headers.of(
                "kind", OpenRequest.Kind.EXEC.label(),
                "tenant", tenant.text(),
                "node", node.text(),
                "login", login,
                "argv", argv,
                "resume-id", resumeId(id));
    }

    /// A terminal that begins.
    ///
    /// @param id fresh
    /// @param size `COLUMNSxROWS`
    public static Headers open(
            SessionId id, TenantId tenant, NodeId node, String login, String size) {
        return Headers.of(
                "kind", OpenRequest.Kind.TERMINAL.label(),
                "tenant", tenant.text(),
                "node", node.text(),
                "login", login,
                "size", size,
                "resume-id", resumeId(id));
    }

    /// The same stream, taken up again.
    ///
    /// @param first what it was opened with
    /// @param seen how much of its output whoever asks has; negative: nothing, and they take what
    ///   the node keeps
    public static Headers resume(Headers first, SessionId id, long seen) {
        return first.with("session", id.text())
                .with("resume-at", seen < 0 ? OpenRequest.Resume.OLDEST_WORD : Long.toString(seen));
    }

    /// From where on output comes, and how much input the node has, as the answer says it.
    ///
    /// @param from offset of the first byte of output
    /// @param taken offset of the first byte of input that it has not got
    public record Offsets(long from, long taken) {

        public static Offsets of(Headers answer) {
            return new Offsets(JoinedStream.from(answer), JoinedStream.offset(answer));
        }
    }

    static String resumeId(SessionId id) {
        var bytes = ByteBuffer.allocate(ID_BYTES);
        bytes.putLong(id.uuid().getMostSignificantBits());
        bytes.putLong(id.uuid().getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /// The session that a stream begins.
    static SessionId session(OpenRequest request) {
        var resume = request.resume();
        if (resume == null) {
            throw new ProtocolException("what a page opens has a resume-id");
        }
        var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(resume.id()));
        return new SessionId(new UUID(bytes.getLong(), bytes.getLong()));
    }
}
