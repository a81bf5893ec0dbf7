package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.Backoff;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkListener;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamOpener;
import dev.fairlead.link.resume.KeptStreams;
import dev.fairlead.link.resume.ResumeBudget;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A link that is dialled anew when it breaks, and before the hub lets it go. Streams that are
/// opened by [#streams] live on over the next one, unless resumption is switched off.
///
/// ```
/// first() -> [streams().open] -> the link ends -> keep(): dial -> the streams go on
/// ```
public final class KeptLink {

    /// Makes a link; as [HubLink#connect].
    public interface Connect {
        Link connect(LinkListener listener) throws InterruptedException;
    }

    /// What lives by the link.
    public interface User {

        /// From now on streams can be opened here.
        void up(StreamOpener streams);

        /// There is no link for new streams.
        void down();
    }

    /// What all streams together may keep that the other side has not acknowledged.
    private static final long MEMORY = 64L << 20;

    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    /// While streams wait, which somebody sees as a pause.
    private static final Duration HURRY = Duration.ofSeconds(1);

    /// What makes another link necessary.
    private sealed interface News {
        record Lost(LinkEnd cause, String message) implements News {}

        record Drained(Duration pause, String message) implements News {}
    }

    private final Connect connect;
    private final EventLoop loop;
    private final String hub;
    private final Consumer<String> says;
    private final @Nullable KeptStreams kept;
    private final SecureRandom random = new SecureRandom();
    private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, random, System::nanoTime);
    private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();
    private @Nullable User user;
    private volatile @Nullable Current current;
    private volatile boolean cutOff;
    private volatile boolean inBackground;

    /// @param loop that all links live on
    /// @param resumes whether streams live on over the next link
    /// @param hub its name, for messages
    public KeptLink(
            Connect connect, EventLoop loop, boolean resumes, String hub, Consumer<String> says) {
        this.connect = connect;
        this.loop = loop;
        this.hub = hub;
        this.says = says;
        this.kept =
                resumes
                        ? new KeptStreams(loop, new ResumeBudget(MEMORY), random, new Pauses())
                        : null;
    }

    /// Whether streams are to be resumed, by the option `--no-resume` and `FAIRLEAD_RESUME`.
    public static boolean resumes(boolean switchedOff, Map<String, String> env) {
        return !switchedOff
                && !env.getOrDefault("FAIRLEAD_RESUME", "").toLowerCase(Locale.ROOT).equals("off");
    }

    /// Makes the first link.
    ///
    /// @throws CliException where that fails: the person is still looking
    public void first() throws InterruptedException {
        dial();
    }

    /// As [#first], for streams that somebody else waits for: what has to be done when the link is
    /// lost is done by a thread that begins then.
    public void firstInBackground() throws InterruptedException {
        inBackground = true;
        dial();
    }

    /// Tells somebody, from now on, when there is a link.
    public void use(User who) {
        user = who;
        if (current != null) {
            who.up(streams());
        }
    }

    /// Where streams are opened.
    public StreamOpener streams() {
        return kept != null ? kept : Objects.requireNonNull(current).link();
    }

    private void dial() throws InterruptedException {
        var next = new Current();
        next.is(connect.connect(next));
        current = next;
        if (kept != null) {
            kept.up(next.link());
        }
        if (user != null) {
            user.up(streams());
        }
        backoff.linked();
        if (next.over) {
            // It ended before it was the current one.
            lost(next);
        }
    }

    /// Whether streams wait to be resumed, so that nothing reaches the other side now.
    public boolean isCutOff() {
        return cutOff;
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
                    down();
                    says.accept(
                            "The link to "
                                    + hub
                                    + " broke ("
                                    + cause.label()
                                    + ": "
                                    + message
                                    + "); reconnecting.");
                    again(null);
                }
                case News.Drained(var pause, var message) -> {
                    var old = Objects.requireNonNull(current);
                    down();
                    says.accept("The hub lets the link go: " + message + ".");
                    again(pause);
                    letGo(old);
                }
            }
        }
    }

    private void down() {
        if (user != null) {
            user.down();
        }
    }

    /// @param asked how long the hub wants us to wait, or null
    private void again(@Nullable Duration asked) throws InterruptedException {
        Thread.sleep(asked == null ? soon() : backoff.next(asked));
        String said = "";
        while (true) {
            boolean waited = cutOff;
            try {
                dial();
                if (!waited) {
                    says.accept("The link is there again.");
                }
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
            Thread.sleep(soon());
        }
    }

    private Duration soon() {
        var wait = backoff.next();
        return cutOff && wait.compareTo(HURRY) > 0
                ? Duration.ofMillis(random.nextLong(HURRY.toMillis() + 1))
                : wait;
    }

    /// The streams have moved: the hub need not wait for this link. What could not move ends with
    /// it.
    private void letGo(Current old) {
        if (kept != null) {
            kept.whenLeft(old.link(), () -> old.link().close(LinkEnd.CLOSED, "moved"));
        }
    }

    private void tell(News what) {
        news.add(what);
        if (inBackground && kept != null) {
            inBackground = false;
            Thread.ofPlatform().daemon().name("kept link").start(this::keepInBackground);
        }
    }

    private void keepInBackground() {
        try {
            keep();
        } catch (CliException e) {
            if (kept != null) {
                kept.endAll(
                        e.exit() == Exit.NOT_SIGNED_IN
                                ? StreamEnd.RIGHT_ENDED
                                : StreamEnd.LINK_LOST,
                        String.valueOf(e.getMessage()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            // The program is ending.
        }
    }

    private synchronized void lost(Current which) {
        if (which == current && !which.drained && !which.told) {
            which.told = true;
            if (kept != null) {
                kept.down();
            }
            tell(new News.Lost(which.cause, which.message));
        }
    }

    /// One link and its listener. After it was told to go elsewhere, its end is no news.
    private final class Current implements LinkListener {

        private @Nullable Link link;
        private volatile boolean drained;
        private volatile boolean over;
        private boolean told;
        private LinkEnd cause = LinkEnd.CLOSED;
        private String message = "";

        void is(Link made) {
            link = made;
        }

        Link link() {
            return Objects.requireNonNull(link);
        }

        @Override
        public void goingAway(LinkEnd why, String sentence, Duration wait) {
            // Any other cause is followed by the end at once.
            if (why == LinkEnd.GOING_AWAY && !drained) {
                drained = true;
                tell(new News.Drained(wait, sentence));
            }
        }

        @Override
        public void ended(LinkEnd why, String sentence) {
            cause = why;
            message = sentence;
            over = true;
            if (why != LinkEnd.CLOSED) {
                // Else it is this program's own good-bye: hubs say other things.
                lost(this);
            }
        }
    }

    /// Says what the person sees as a pause.
    private final class Pauses implements KeptStreams.Events {

        @Override
        public void cutOff(String why) {
            cutOff = true;
            // Where the link itself was lost, that is said; it is known a moment later.
            loop.execute(() -> {
                var at = current;
                if (cutOff && at != null && !at.over && !at.drained) {
                    says.accept("The node is cut off (" + why + "); reconnecting.");
                }
            });
        }

        @Override
        public void resumed(Duration after) {
            cutOff = false;
            says.accept(
                    String.format(Locale.ROOT, "Resumed after %.1f s.", after.toMillis() / 1e3));
        }

        @Override
        public void gaveUp() {
            cutOff = false;
        }
    }
}
