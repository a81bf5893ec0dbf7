package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.Backoff;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkListener;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps a link under open ports: dials anew when one breaks, and before the hub lets one go.
public final class ForwardLinks {

    /// Makes a link; as [HubLink#connect].
    public interface Connect {
        Link connect(LinkListener listener) throws InterruptedException;
    }

    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    /// What makes another link necessary.
    private sealed interface News {
        record Lost(LinkEnd cause, String message) implements News {}

        record Drained(Duration pause, String message) implements News {}
    }

    private final Connect connect;
    private final ForwardPorts ports;
    private final Consumer<String> says;
    private final Backoff backoff =
            new Backoff(FIRST_WAIT, LONGEST_WAIT, new SecureRandom(), System::nanoTime);
    private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();

    public ForwardLinks(Connect connect, ForwardPorts ports, Consumer<String> says) {
        this.connect = connect;
        this.ports = ports;
        this.says = says;
    }

    /// Makes the first link.
    ///
    /// @throws CliException where that fails: the person is still looking
    public void first() throws InterruptedException {
        dial();
    }

    private void dial() throws InterruptedException {
        ports.up(connect.connect(new Current()));
        backoff.linked();
    }

    /// Runs until interrupted.
    ///
    /// @throws CliException where trying again makes no sense: nobody is signed in any more
    public void keep() throws InterruptedException {
        while (true) {
            switch (news.take()) {
                case News.Lost(var cause, var message) -> {
                    if (cause == LinkEnd.RIGHT_ENDED || cause == LinkEnd.REVOKED) {
                        throw new CliException(
                                Exit.NOT_SIGNED_IN,
                                "The hub ended the link: " + message + ".",
                                "fairlead status shows whether you are signed in");
                    }
                    ports.down();
                    says.accept(
                            "The link broke ("
                                    + cause.label()
                                    + "): "
                                    + message
                                    + ". Trying again.");
                    again(null);
                }
                case News.Drained(var pause, var message) -> {
                    ports.down();
                    says.accept("The hub lets the link go: " + message + ".");
                    again(pause);
                }
            }
        }
    }

    /// @param asked how long the hub wants us to wait, or null
    private void again(@Nullable Duration asked) throws InterruptedException {
        Thread.sleep(backoff.next(asked));
        String said = "";
        while (true) {
            try {
                dial();
                says.accept("The link is there again.");
                return;
            } catch (CliException e) {
                if (e.exit() != Exit.UNREACHABLE) {
                    throw e;
                }
                if (!e.getMessage().equals(said)) {
                    said = e.getMessage();
                    says.accept(said + " Trying again.");
                }
            }
            Thread.sleep(backoff.next());
        }
    }

    /// One link's listener. After it was told to go elsewhere, its end is no news.
    private final class Current implements LinkListener {

        private volatile boolean drained;

        @Override
        public void goingAway(LinkEnd cause, String message, Duration wait) {
            // Any other cause is followed by the end at once.
            if (cause == LinkEnd.GOING_AWAY) {
                drained = true;
                news.add(new News.Drained(wait, message));
            }
        }

        @Override
        public void ended(LinkEnd cause, String message) {
            if (!drained) {
                news.add(new News.Lost(cause, message));
            }
        }
    }
}
