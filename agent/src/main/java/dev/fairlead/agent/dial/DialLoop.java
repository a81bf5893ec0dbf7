package dev.fairlead.agent.dial;

import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.link.Backoff;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.handshake.Between;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.PairingPerson;
import dev.fairlead.link.handshake.Refusal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node linked to its hub, until it is interrupted or the hub removed the node.
public final class DialLoop {

    private static final Logger LOG = LoggerFactory.getLogger(DialLoop.class);

    /// Between dials that can only help once somebody has changed something at the hub, or where
    /// another machine with the same key takes the link over each time.
    private static final Duration SLOW = Duration.ofMinutes(5);

    /// Between dials while streams wait for the link, which people see as a pause.
    private static final Duration HURRY = Duration.ofSeconds(1);

    /// After the link was taken over, which may have been by another machine with the same key: by
    /// coming again it is found out.
    private static final Duration SOON = Duration.ofSeconds(5);

    /// How often to look whether this machine has left.
    private static final Duration LOOK = Duration.ofMillis(500);

    private final KnownHub hub;
    private final DialHub dial;
    private final Introduction introduction;
    private final LinkLimits limits;
    private final StreamServer streams;
    private final BooleanSupplier streamsWait;
    private final RandomGenerator random = new SplittableRandom();
    private final List<LinkTask> tasks;
    private final Backoff backoff;
    private final Told told;
    private final Set<LiveLink> live = ConcurrentHashMap.newKeySet();
    private long lastTakenOver;

    /// Hears how it goes.
    @FunctionalInterface
    public interface Told {
        /// @param hub where it is linked
        /// @param between who is on the way there
        void now(
                AgentStatus.State state,
                @Nullable URI hub,
                @Nullable Between between,
                @Nullable String error);
    }

    /// @param streamsWait whether streams that were cut off are kept now
    public DialLoop(
            KnownHub hub,
            DialHub dial,
            Introduction introduction,
            LinkLimits limits,
            StreamServer streams,
            BooleanSupplier streamsWait,
            List<LinkTask> tasks,
            Backoff backoff,
            Told told) {
        this.hub = hub;
        this.dial = dial;
        this.introduction = introduction;
        this.limits = limits;
        this.streams = streams;
        this.streamsWait = streamsWait;
        this.tasks = List.copyOf(tasks);
        this.backoff = backoff;
        this.told = told;
    }

    /// Dials, serves until the link ends, waits, and dials again.
    ///
    /// @return why the node must not dial again: removed by the hub, or left from here
    /// @throws InterruptedException where the agent is stopped
    public String run() throws InterruptedException {
        told.now(AgentStatus.State.DIALING, null, null, null);
        while (true) {
            Duration wait;
            try {
                switch (link().parting()) {
                    case Parting.Ended(var cause, var message) when cause == LinkEnd.REVOKED -> {
                        return revoked(message);
                    }
                    case Parting.Ended(var cause, var message) -> {
                        lost(cause.label() + ": " + message);
                        wait = cause == LinkEnd.TAKEN_OVER ? takenOver() : soon();
                    }
                    case Parting.Draining(var after, var message) -> {
                        LOG.info("The hub is draining ({}); dialling anew", message);
                        wait = after;
                    }
                }
            } catch (DialException e) {
                if (e.refused() != null && e.refused().code() == Refusal.REVOKED) {
                    return revoked(String.valueOf(e.getMessage()));
                }
                lost(String.valueOf(e.getMessage()));
                var asked = e.isLasting() ? SLOW : e.retryAfter();
                wait = asked == null ? soon() : backoff.next(asked);
            }
            LOG.debug("Dialling again in {} ms", wait.toMillis());
            if (leftWithin(wait)) {
                LOG.info("This machine has left its hub");
                return "This machine has left its hub.";
            }
        }
    }

    /// As the backoff says, but no later than people wait for.
    private Duration soon() {
        var wait = backoff.next();
        return wait.compareTo(HURRY) > 0 && streamsWait.getAsBoolean()
                ? Duration.ofMillis(random.nextLong(HURRY.toMillis() + 1))
                : wait;
    }

    /// A hub that does not tell copied machines apart would let them knock each other off for ever.
    private Duration takenOver() {
        long now = System.nanoTime();
        boolean again = lastTakenOver != 0 && now - lastTakenOver < 2 * SLOW.toNanos();
        lastTakenOver = now;
        return backoff.next(again ? SLOW : SOON);
    }

    /// Waits, but no longer than until `fairlead agent leave` has made this machine no node.
    private boolean leftWithin(Duration wait) throws InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        for (long rest = wait.toNanos(); rest > 0; rest = until - System.nanoTime()) {
            if (hub.hasLeft()) {
                return true;
            }
            Thread.sleep(Duration.ofNanos(Math.min(rest, LOOK.toNanos())));
        }
        return hub.hasLeft();
    }

    private LiveLink link() throws DialException, InterruptedException {
        var reached =
                dial.dial(hub.addresses(), hub.anchor(), introduction, PairingPerson.nobody());
        hub.learn(reached.connection().other(), reached.connection().welcome());
        var link = DialHub.serve(reached, limits, streams, tasks);
        live.add(link);
        link.ended().thenRun(() -> live.remove(link));
        backoff.linked();
        var between = reached.connection().other().between();
        LOG.info("Linked to {} as {}{}", link.hub(), hub.state().name(), between.inWords());
        told.now(AgentStatus.State.LINKED, link.hub(), between, null);
        return link;
    }

    private void lost(String message) {
        LOG.warn("No link: {}", message);
        told.now(AgentStatus.State.DIALING, null, null, message);
    }

    private String revoked(String message) {
        String sentence =
                message
                        + ". The hub has removed this node; to join again, run `fairlead agent leave"
                        + " --offline` and then `fairlead agent join` with a new token.";
        LOG.error("{}", sentence);
        told.now(AgentStatus.State.REVOKED, null, null, sentence);
        return sentence;
    }

    /// Ends the links that stand, also those that are being drained, and waits for their ends.
    public void close() {
        for (var link : live) {
            link.close(LinkEnd.CLOSED, "the agent is stopping");
        }
        for (var link : live) {
            link.ended()
                    .orTimeout(5, java.util.concurrent.TimeUnit.SECONDS)
                    .exceptionally(_ -> null)
                    .join();
        }
    }
}
