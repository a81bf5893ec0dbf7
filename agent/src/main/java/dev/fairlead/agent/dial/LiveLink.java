package dev.fairlead.agent.dial;

import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkListener;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

/// A link that stands, with the tasks that live by it.
final class LiveLink {

    private final URI hub;
    private final Link link;
    private final Listener listener;

    private LiveLink(URI hub, Link link, Listener listener) {
        this.hub = hub;
        this.link = link;
        this.listener = listener;
    }

    /// Starts the tasks.
    static LiveLink start(URI hub, Link link, Listener listener, List<LinkTask> tasks) {
        for (var task : tasks) {
            listener.threads.add(
                    Thread.ofVirtual()
                            .name("link task")
                            .start(() -> {
                                try {
                                    task.run(link);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            }));
        }
        if (listener.ended.isDone()) {
            // It ended before the tasks were known.
            listener.interruptTasks();
        }
        return new LiveLink(hub, link, listener);
    }

    URI hub() {
        return hub;
    }

    /// Waits until the loop has to do something.
    Parting parting() throws InterruptedException {
        try {
            return listener.parting.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    CompletableFuture<Void> ended() {
        return listener.ended;
    }

    void close(LinkEnd cause, String message) {
        link.close(cause, message);
    }

    /// Hears of the link; made before it.
    static final class Listener implements LinkListener {

        private final CompletableFuture<Parting> parting = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();

        @Override
        public void goingAway(LinkEnd cause, String message, Duration wait) {
            // Any other cause is followed by the end at once.
            if (cause == LinkEnd.GOING_AWAY) {
                parting.complete(new Parting.Draining(wait, message));
            }
        }

        @Override
        public void ended(LinkEnd cause, String message) {
            parting.complete(new Parting.Ended(cause, message));
            ended.complete(null);
            interruptTasks();
        }

        private void interruptTasks() {
            threads.forEach(Thread::interrupt);
        }
    }
}
