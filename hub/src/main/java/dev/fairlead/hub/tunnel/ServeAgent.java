package dev.fairlead.hub.tunnel;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;

/// Serves what an agent opens on its link: calls, whose methods the capabilities bring along.
final class ServeAgent implements StreamServer {

    private final TenantId tenant;
    private final NodeId node;
    private final Map<String, AgentCall> calls;
    private final LinkMeters meters;
    private final Executor threads;

    /// @param threads for work that blocks: virtual threads
    ServeAgent(
            TenantId tenant,
            NodeId node,
            Map<String, AgentCall> calls,
            LinkMeters meters,
            Executor threads) {
        this.tenant = tenant;
        this.node = node;
        this.calls = calls;
        this.meters = meters;
        this.threads = threads;
    }

    @Override
    public void serve(LinkStream stream) {
        if (Calls.KIND.equals(stream.headers().text("kind"))) {
            Calls.serve(stream, threads, this::answer);
        } else {
            stream.refuse(
                    StreamEnd.UNSUPPORTED, "the hub serves calls to agents, and nothing else");
        }
    }

    private byte[] answer(Calls.Question question) throws IOException {
        String method = calls.containsKey(question.method()) ? question.method() : "other";
        String outcome = StreamEnd.INTERNAL.label();
        long began = System.nanoTime();
        try {
            byte[] answer = answerNow(question);
            outcome = StreamEnd.DONE.label();
            return answer;
        } catch (StreamException e) {
            outcome = e.end().label();
            throw e;
        } finally {
            meters.call(method, outcome, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private byte[] answerNow(Calls.Question question) throws IOException {
        var call = calls.get(question.method());
        if (call == null) {
            throw new StreamException(
                    StreamEnd.UNSUPPORTED, "this hub does not know the call; it may be older");
        }
        try {
            return call.answer(tenant, node, question.document());
        } catch (Rejected e) {
            throw new StreamException(
                    e.code() == Rejected.Code.INVALID_REQUEST
                            ? StreamEnd.BAD_REQUEST
                            : StreamEnd.INTERNAL,
                    e.detail());
        }
    }
}
