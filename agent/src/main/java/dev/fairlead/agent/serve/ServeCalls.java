package dev.fairlead.agent.serve;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Answers the hub's calls, each on a virtual thread; one with effects runs at most once.
public final class ServeCalls implements StreamServer {

    /// With a document of at most 1 MiB each.
    private static final int MAX_RUNNING = 32;

    private final Semaphore running = new Semaphore(MAX_RUNNING);
    private final Map<String, Calls.Server> methods;
    private final CallMemory memory;

    public ServeCalls(Map<String, Calls.Server> methods, CallMemory memory) {
        this.methods = Map.copyOf(methods);
        this.memory = memory;
    }

    @Override
    public void serve(LinkStream stream) {
        if (!running.tryAcquire()) {
            stream.refuse(
                    StreamEnd.LIMIT,
                    "This node answers " + MAX_RUNNING + " calls already; ask again.");
            return;
        }
        Calls.serve(stream, this::start, this::answer);
    }

    private void start(Runnable work) {
        Thread.ofVirtual()
                .name("call")
                .start(() -> {
                    try {
                        work.run();
                    } finally {
                        running.release();
                    }
                });
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
