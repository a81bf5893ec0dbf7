package dev.fairlead.agent.dial;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Link;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// What the agent does of its own over each link, on a virtual thread of the link.
@FunctionalInterface
public interface LinkTask {

    /// Runs until it has nothing more to do; interrupted when the link ends.
    void run(Link link) throws InterruptedException;

    /// Waits for a moment at random. For what can wait: a fleet that comes back all at once gets
    /// its links first, and tells the rest bit by bit.
    ///
    /// @param most the longest
    static void lull(Duration most) throws InterruptedException {
        Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(most.toMillis() + 1)));
    }

    /// Whether a call failed only because the link is over, which is told elsewhere.
    static boolean isLinkOver(IOException failure) {
        return Thread.currentThread().isInterrupted()
                || (failure instanceof StreamException stream && ofLink(stream.end()));
    }

    private static boolean ofLink(StreamEnd end) {
        return end == StreamEnd.LINK_LOST
                || end == StreamEnd.CANCELLED
                || end == StreamEnd.RIGHT_ENDED;
    }
}
