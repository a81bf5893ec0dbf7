package dev.fairlead.agent.ssh;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.StreamEnd;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Answers the hub's call `end-session`: the right that an SSH session lived by has ended, or an
/// operator ended it. Here the person can be told why; the hub cuts the stream a moment later
/// anyway.
///
/// Answers when the sessions have begun to end: how long a terminal takes to show the reason is not
/// the hub's business.
public final class EndSession implements Calls.Server {

    private final SshService service;
    private final JsonMapper json = JsonMapper.builder().build();

    public EndSession(SshService service) {
        this.service = service;
    }

    @Override
    public byte[] answer(Calls.Question question) throws StreamException {
        var asked = read(question.document());
        var cause = StreamEnd.ofLabel(asked.path("cause").stringValue(""));
        String message = asked.path("message").stringValue("");
        var sessions = service.sessions(asked.path("session").stringValue(""));
        if (sessions.isEmpty()) {
            throw new StreamException(
                    StreamEnd.BAD_REQUEST, "There is no such SSH session on this node.");
        }
        for (var session : sessions) {
            Thread.ofVirtual().name("end session").start(() -> session.end(cause, message));
        }
        return new byte[0];
    }

    private JsonNode read(byte[] document) throws StreamException {
        try {
            return json.readTree(document);
        } catch (JacksonException e) {
            throw new StreamException(
                    StreamEnd.BAD_REQUEST,
                    "The question is a JSON object with session, cause and message.");
        }
    }
}
