package dev.fairlead.link.resume;

import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.StreamOpener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The resumable streams that a client opens. Whoever dials says which link there is; the streams
/// that were cut off go on over it, and those of another link move to it.
///
/// A stream whose link stands, but that was lost behind the hub, tries again on its own, more and
/// more slowly. Everything happens on one event loop, on which the links should live too.
public final class KeptStreams implements StreamOpener {

    /// Hears how the streams as a whole are; called on the event loop.
    public interface Events {

        /// The first stream was cut off.
        void cutOff(String why);

        /// None is cut off any more.
        ///
        /// @param after since the first one was
        void resumed(Duration after);

        /// None is cut off any more: the last one was given up.
        default void gaveUp() {}
    }

    /// How long a stream waits for a link that was cut off before the other side had answered.
    static final Duration UNANSWERED = Duration.ofSeconds(30);

    private static final long FIRST_TRY_MS = 250;
    private static final long LONGEST_WAIT_MS = 2_000;
    private static final int ID_BYTES = 16;

    /// Of streams that their user broke off while they were cut off: the other side is told when
    /// there is a link again.
    private static final int MOST_FAREWELLS = 256;

    private final EventLoop loop;
    private final ResumeBudget budget;
    private final RandomGenerator random;
    private final Events events;
    private final Keeper keeper = new Keeper();
    // Touched on the loop only.
    private final LinkedHashSet<ResumableStream> streams = new LinkedHashSet<>();
    private final LinkedHashSet<ResumableStream> cutOff = new LinkedHashSet<>();
    private final ArrayDeque<Farewell> farewells = new ArrayDeque<>();
    private @Nullable StreamOpener link;
    private long cutOffSince;

    /// @param random for ids, so it must be unpredictable
    public KeptStreams(EventLoop loop, ResumeBudget budget, RandomGenerator random, Events events) {
        this.loop = loop;
        this.budget = budget;
        this.random = random;
        this.events = events;
    }

    /// The loop that all its streams live on.
    public EventLoop loop() {
        return loop;
    }

    /// How many streams are open.
    int known() {
        return streams.size();
    }

    /// There is this link now: new streams go over it, and the others move to it.
    public void up(StreamOpener next) {
        loop.execute(() -> {
            link = next;
            for (var stream : new ArrayList<>(streams)) {
                if (stream.link() != next) {
                    goOn(stream);
                }
            }
            for (var last = farewells.poll(); last != null; last = farewells.poll()) {
                last.say(next);
            }
        });
    }

    /// There is no link now, or none for new streams.
    public void down() {
        loop.execute(() -> link = null);
    }

    /// Ends all streams.
    public void endAll(StreamEnd cause, String message) {
        loop.execute(() -> new ArrayList<>(streams).forEach(stream -> stream.end(cause, message)));
    }

    /// Does something once no stream is carried by this link, if that is so now.
    public void whenLeft(StreamOpener old, Runnable then) {
        loop.execute(() -> {
            if (streams.stream().noneMatch(stream -> stream.link() == old)) {
                then.run();
            }
        });
    }

    @Override
    public LinkStream open(Headers headers, StreamListener listener) {
        var stream = ResumableStream.opening(loop, keeper, budget, headers, listener, UNANSWERED);
        if (loop.inEventLoop()) {
            openNow(stream);
        } else {
            loop.execute(() -> openNow(stream));
        }
        return stream;
    }

    private void openNow(ResumableStream stream) {
        var to = link;
        if (to == null) {
            stream.end(StreamEnd.LINK_LOST, "there is no link to the hub now");
        } else {
            streams.add(stream);
            stream.begin(to, newId());
        }
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    private void goOn(ResumableStream stream) {
        var to = link;
        if (to == null || !streams.contains(stream)) {
            return;
        }
        if (stream.isAccepted()) {
            if (stream.isResumable()) {
                stream.resume(to);
            }
        } else if (stream.isCutOff()) {
            stream.begin(to, newId());
        }
    }

    /// Whether a stream that nobody has answered may be opened again: not where that could do
    /// something twice. SSH begins anew by itself; nothing has come of a connection without a byte.
    private static boolean mayBeginAgain(ResumableStream stream) {
        return switch (String.valueOf(stream.headers().text("kind"))) {
            case "ssh" -> true;
            case "tcp" -> !stream.hasWritten();
            default -> false;
        };
    }

    private final class Keeper implements ResumableStream.Keeper {

        @Override
        public void cutOff(ResumableStream stream, String why) {
            stream.tries = 0;
            tryAgain(stream, why);
        }

        /// Where the link is down this comes to nothing, and [#up] does it.
        private void tryAgain(ResumableStream stream, String why) {
            if (!stream.isAccepted() && !mayBeginAgain(stream)) {
                stream.end(StreamEnd.LINK_LOST, why);
                return;
            }
            if (cutOff.isEmpty()) {
                cutOffSince = loop.ticker().nanoTime();
                events.cutOff(why);
            }
            cutOff.add(stream);
            if (stream.willTry) {
                return;
            }
            stream.willTry = true;
            long most = Math.min(FIRST_TRY_MS << Math.min(stream.tries++, 8), LONGEST_WAIT_MS);
            loop.schedule(
                    () -> {
                        stream.willTry = false;
                        if (stream.isCutOff()) {
                            goOn(stream);
                        }
                    },
                    random.nextLong(most + 1),
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void refused(ResumableStream stream, StreamEnd cause, String message) {
            switch (cause) {
                case LINK_LOST -> tryAgain(stream, message);
                case NODE_OFFLINE, GOING_AWAY -> {
                    if (stream.isAccepted()) {
                        tryAgain(stream, message);
                    } else {
                        stream.end(cause, message);
                    }
                }
                case NOT_RESUMABLE ->
                        stream.end(
                                StreamEnd.LINK_LOST,
                                "the link was lost, and the node has kept nothing of the stream: "
                                        + message);
                default -> stream.end(cause, message);
            }
        }

        @Override
        public void resumed(ResumableStream stream) {
            if (cutOff.remove(stream) && cutOff.isEmpty()) {
                events.resumed(Duration.ofNanos(loop.ticker().nanoTime() - cutOffSince));
            }
        }

        @Override
        public void over(ResumableStream stream, StreamEnd cause, String message) {
            streams.remove(stream);
            if (cutOff.remove(stream) && cutOff.isEmpty()) {
                events.gaveUp();
            }
            var resuming = stream.resuming();
            if (stream.isUnattached()
                    && resuming != null
                    && cause != StreamEnd.LINK_LOST
                    && farewells.size() < MOST_FAREWELLS) {
                farewells.add(new Farewell(resuming, cause, message));
            }
        }
    }

    /// Resumes a stream only to break it off.
    private record Farewell(Headers resuming, StreamEnd cause, String message) {

        void say(StreamOpener on) {
            var saying = new Saying(this);
            saying.stream = on.open(resuming, saying);
        }
    }

    private static final class Saying implements StreamListener {

        private final Farewell farewell;
        private @Nullable LinkStream stream;

        Saying(Farewell farewell) {
            this.farewell = farewell;
        }

        @Override
        public void accepted(Headers answer) {
            Objects.requireNonNull(stream).reset(farewell.cause, farewell.message);
        }

        @Override
        public void data(ByteBuf bytes) {
            int length = bytes.readableBytes();
            bytes.release();
            Objects.requireNonNull(stream).consumed(length);
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {}
    }
}
