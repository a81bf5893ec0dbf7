package dev.fairlead.agent.serve;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.util.Map;

/// Answers the hub's calls, each on a virtual thread; one with effects runs at most once.
public final class ServeCalls implements StreamServer {

    private final Map<String, Calls.Server> methods;
    private final CallMemory memory;

    public ServeCalls(Map<String, Calls.Server> methods, CallMemory memory) {
        this.methods = Map.copyOf(methods);
        this.memory = memory;
    }

    @Override
    public void serve(LinkStream stream) {
        Calls.serve(stream, work -> Thread.ofVirtual().name("call").start(work), this::answer);
    }

    private byte[] answer(Calls.Question question) throws IOException {
        var method = methods.get(question.method());
        if (method == null) {
            throw new StreamException(
                    StreamEnd.UNSUPPORTED,
                    "This node's agent does not know that call; a newer one may.");
        }
        return question.effects()
                ? memory.once(question.id(), () -> method.answer(question))
                : method.answer(question);
    }
}
