package dev.fairlead.hub.access;

import dev.fairlead.link.Headers;
import dev.fairlead.link.Relay;
import org.jspecify.annotations.Nullable;

/// One incarnation of a stream in a session: from its OPEN until its end, or until a link under it
/// is lost.
final class JoinedStream {

    private static final int MAX_DIGITS = 18;

    private final Relay relay;
    private final @Nullable String resumeId;
    private final SessionBytes.Part bytes;
    private volatile boolean mayBeResumed;

    /// @param resumeId null where it is not to be resumed
    /// @param resumes whether it takes up a stream that there was: the node keeps that, also where
    ///   this incarnation is lost before the node has answered
    JoinedStream(Relay relay, @Nullable String resumeId, boolean resumes) {
        this.relay = relay;
        this.resumeId = resumeId;
        this.bytes = new SessionBytes.Part(resumeId, relay::bytesUp, relay::bytesDown);
        this.mayBeResumed = resumes;
    }

    Relay relay() {
        return relay;
    }

    @Nullable String resumeId() {
        return resumeId;
    }

    /// What it adds to the session's sums.
    SessionBytes.Part bytes() {
        return bytes;
    }

    /// The node has accepted it: it says whether it keeps what the other side has not got.
    void accepted(Headers answer) {
        mayBeResumed = resumeId != null && answer.names().contains("resume-ms");
    }

    /// How much the node has received of a stream that it takes up again, as it says; in bytes.
    static long offset(Headers answer) {
        return offset(answer, "resume-at");
    }

    /// From where on the node sends what it keeps of a stream that it takes up again.
    static long from(Headers answer) {
        return offset(answer, "resume-from");
    }

    private static long offset(Headers answer, String header) {
        byte[] said = answer.bytes(header);
        if (said == null || said.length == 0 || said.length > MAX_DIGITS) {
            return 0;
        }
        long offset = 0;
        for (byte digit : said) {
            if (digit < '0' || digit > '9') {
                return 0;
            }
            offset = 10 * offset + (digit - '0');
        }
        return offset;
    }

    boolean mayBeResumed() {
        return mayBeResumed;
    }

    /// Whether both are incarnations of one stream.
    boolean resumes(JoinedStream other) {
        return resumeId != null && resumeId.equals(other.resumeId);
    }
}
