package dev.fairlead.agent.serve;

import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.util.Map;
import java.util.TreeMap;

/// Hands each stream of a link to who serves its kind.
public final class ServeStreams implements StreamServer {

    private final Map<String, StreamServer> kinds;
    private final boolean resumes;

    /// @param kinds by the header `kind`
    /// @param resumes whether streams that are cut off can be resumed
    public ServeStreams(Map<String, StreamServer> kinds, boolean resumes) {
        this.kinds = Map.copyOf(kinds);
        this.resumes = resumes;
    }

    /// What this agent can do, name to version, as the handshake says it.
    public Map<String, String> capabilities() {
        var capabilities = new TreeMap<String, String>();
        kinds.keySet().forEach(kind -> capabilities.put(kind, "1"));
        if (resumes) {
            capabilities.put("resume", "1");
        }
        return capabilities;
    }

    @Override
    public void serve(LinkStream stream) {
        try {
            var server = kinds.get(stream.headers().need("kind"));
            if (server == null) {
                stream.refuse(
                        StreamEnd.UNSUPPORTED,
                        "This node's agent does not serve that kind of stream; a newer one may.");
            } else {
                server.serve(stream);
            }
        } catch (ProtocolException e) {
            stream.refuse(
                    StreamEnd.BAD_REQUEST, "The stream's headers make no sense: " + e.getMessage());
        }
    }
}
