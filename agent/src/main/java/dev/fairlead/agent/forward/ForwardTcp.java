package dev.fairlead.agent.forward;

import dev.fairlead.agent.policy.Reach;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves streams of kind `tcp`: a connection from this node to a target that its policy allows.
public final class ForwardTcp implements StreamServer {

    private static final Logger LOG = LoggerFactory.getLogger(ForwardTcp.class);

    private final Reach reach;
    private final Duration connectTimeout;
    private final AtomicInteger open = new AtomicInteger();

    /// @param connectTimeout for each address of a target
    public ForwardTcp(Reach reach, Duration connectTimeout) {
        this.reach = reach;
        this.connectTimeout = connectTimeout;
    }

    /// Connections to targets that are open or being opened.
    public int open() {
        return open.get();
    }

    @Override
    public void serve(LinkStream stream) {
        String target = stream.headers().text("target");
        if (target == null) {
            stream.refuse(StreamEnd.BAD_REQUEST, "A tcp stream names a target: HOST:PORT.");
            return;
        }
        open.incrementAndGet();
        var dialing =
                new DialTarget(
                        stream,
                        connectTimeout,
                        (cause, message) -> {
                            open.decrementAndGet();
                            LOG.debug("tcp to {} ended: {} {}", target, cause.label(), message);
                        });
        stream.listen(dialing);
        if (atOnce(target) instanceof Reach.Allowed(var addresses)) {
            dialing.dial(addresses);
        } else {
            // A lookup may block, and so may the log; the event loop must not.
            Thread.ofVirtual().name("reach").start(() -> check(stream, dialing, target));
        }
    }

    /// The policy's answer where it has one without waiting.
    private Reach.@Nullable Answer atOnce(String target) {
        try {
            return reach.checkAtOnce(target);
        } catch (RuntimeException e) {
            // It fails again where that is told.
            return null;
        }
    }

    private void check(LinkStream stream, DialTarget dialing, String target) {
        Reach.Answer answer;
        try {
            answer = reach.check(target);
        } catch (RuntimeException e) {
            LOG.error("The policy could not judge {}", target, e);
            dialing.refuse(StreamEnd.INTERNAL, "The node's agent failed; its log says how.");
            return;
        }
        switch (answer) {
            case Reach.Allowed(var addresses) -> dialing.dial(addresses);
            case Reach.Denied(var reason) -> {
                LOG.info(
                        "Denied {} for {}: {}",
                        printable(target),
                        printable(stream.headers().text("user")),
                        reason);
                dialing.refuse(StreamEnd.DENIED_BY_NODE, reason);
            }
            case Reach.Unresolved(var reason) ->
                    dialing.refuse(StreamEnd.TARGET_UNREACHABLE, reason);
        }
    }

    private static String printable(@Nullable String text) {
        return text == null ? "nobody" : text.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
