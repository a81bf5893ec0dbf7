package dev.fairlead.agent.ssh;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.resume.ServeResumable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Answers the hub's call `end-session`: the right that a session lived by has ended, or an
/// operator ended it. What is kept of it for a resumption is dropped, whatever its kind. A person
/// at a terminal is told why here; the hub cuts the stream a moment later anyway.
///
/// Answers when the sessions have begun to end: how long a terminal takes to show the reason is not
/// the hub's business.
public final class EndSession implements Calls.Server {

    private final SshService service;
    private final ServeResumable streams;

    public EndSession(SshService service, ServeResumable streams) {
        this.service = service;
        this.streams = streams;
    }

    @Override
    public byte[] answer(Calls.Question question) throws StreamException {
        var asked = read(question.document());
        var cause = StreamEnd.ofLabel(asked.path("cause").stringValue(""));
        String message = asked.path("message").stringValue("");
        String id = asked.path("session").stringValue("");
        int dropped = streams.endCutOff(id, cause, message);
        var sessions = service.sessions(id);
        if (sessions.isEmpty() && dropped + streams.end(id, cause, message) == 0) {
            throw new StreamException(
                    StreamEnd.BAD_REQUEST, "There is no such session on this node.");
        }
        for (var session : sessions) {
            Thread.ofVirtual().name("end session").start(() -> session.end(cause, message));
        }
        return new byte[0];
    }

    private JsonNode read(byte[] document) throws StreamException {
        try {
            return JsonMapper.shared().readTree(document);
        } catch (JacksonException e) {
            throw new StreamException(
                    StreamEnd.BAD_REQUEST,
                    "The question is a JSON object with session, cause and message.");
        }
    }
}
