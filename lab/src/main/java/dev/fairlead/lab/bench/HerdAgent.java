package dev.fairlead.lab.bench;

import dev.fairlead.link.Backoff;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One simulated agent: it dials as an agent does, waits as an agent does, says over each link what
/// an agent says, and answers calls. What it does not have is a machine.
final class HerdAgent implements Runnable {

    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final Duration AGAIN_WITHIN = Duration.ofMinutes(2);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Dialer dialer;
    private final DialRequest request;
    private final Map<String, byte[]> saysOnce;
    private final byte[] heartbeat;
    private final Executor threads;
    private final Told told;
    private boolean cameBefore;
    private volatile @Nullable Link current;

    /// Hears how it goes.
    interface Told {
        void linked();

        void lost();

        void failed(DialException why);

        void answered();

        void unanswered(String method, String why);
    }

    /// @param saysOnce documents that it sends over each new link, by method
    /// @param heartbeat the document of a heartbeat
    /// @param threads virtual ones
    HerdAgent(
            Dialer dialer,
            DialRequest request,
            Map<String, byte[]> saysOnce,
            byte[] heartbeat,
            Executor threads,
            Told told) {
        this.dialer = dialer;
        this.request = request;
        this.saysOnce = saysOnce;
        this.heartbeat = heartbeat;
        this.threads = threads;
        this.told = told;
    }

    /// On a virtual thread, until it is interrupted.
    @Override
    public void run() {
        var backoff = new Backoff(ThreadLocalRandom.current(), System::nanoTime);
        try {
            while (true) {
                Thread.sleep(serve(backoff));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes the link as an agent does that stops; it dials again in its time. False where there
    /// is none.
    boolean flap() {
        var link = current;
        current = null;
        if (link == null) {
            return false;
        }
        link.close(LinkEnd.CLOSED, "this agent stops");
        return true;
    }

    /// One link from the dial to its end; gives the time until the next dial.
    private Duration serve(Backoff backoff) throws InterruptedException {
        var ended = new Ended();
        try {
            var reached = dialer.dial(request).get();
            var terms = reached.welcome().terms();
            var link =
                    reached.handOver(channel ->
                                    Link.start(
                                            channel,
                                            Link.Side.DIALER,
                                            terms.applyTo(LinkLimits.DEFAULT),
                                            this::serve,
                                            ended))
                            .toCompletableFuture()
                            .get();
            backoff.linked();
            told.linked();
            current = link;
            boolean again = cameBefore;
            cameBefore = true;
            saysOnce.forEach((method, document) ->
                    after(
                            again ? lull(AGAIN_WITHIN) : Duration.ZERO,
                            () -> {
                                if (!ended.future.isDone()) {
                                    ask(link, method, document);
                                }
                            }));
            after(
                    again ? HEARTBEAT.dividedBy(2).plus(lull(HEARTBEAT)) : Duration.ZERO,
                    () -> heartbeats(link, ended));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException failure) {
                told.failed(failure);
                return backoff.next(failure.retryAfter());
            }
            throw new IllegalStateException(e.getCause());
        }
        var wait = ended.await(backoff);
        told.lost();
        return wait;
    }

    /// What an agent has told before it tells again in its own time. Takes no thread until then.
    private void after(Duration time, Runnable work) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, threads)
                .execute(work);
    }

    private static Duration lull(Duration most) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most.toMillis() + 1));
    }

    private void heartbeats(Link link, Ended ended) {
        try {
            while (!ended.future.isDone()) {
                ask(link, "heartbeat", heartbeat);
                long tenth = HEARTBEAT.toMillis() / 10;
                Thread.sleep(
                        HEARTBEAT.toMillis() + ThreadLocalRandom.current().nextLong(-tenth, tenth));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Link link, String method, byte[] document) {
        try {
            var unused =
                    Calls.ask(
                            link,
                            new Calls.Question(
                                    UUID.randomUUID().toString(),
                                    method,
                                    DEADLINE,
                                    false,
                                    document));
        } catch (IOException e) {
            told.unanswered(method, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(LinkStream stream) {
        Calls.serve(
                stream,
                threads,
                question -> {
                    told.answered();
                    return heartbeat;
                });
    }

    private static final class Ended implements LinkListener {

        private final CompletableFuture<Duration> drained = new CompletableFuture<>();
        private final CompletableFuture<Void> future = new CompletableFuture<>();

        @Override
        public void goingAway(LinkEnd cause, String message, Duration wait) {
            if (cause == LinkEnd.GOING_AWAY) {
                drained.complete(wait);
            }
        }

        @Override
        public void ended(LinkEnd cause, String message) {
            future.complete(null);
        }

        /// The time until the next dial.
        Duration await(Backoff backoff) throws InterruptedException {
            try {
                var unused = CompletableFuture.anyOf(future, drained).get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
            return drained.isDone() ? drained.join() : backoff.next();
        }
    }
}
