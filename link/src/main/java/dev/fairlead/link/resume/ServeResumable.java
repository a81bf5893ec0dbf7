package dev.fairlead.link.resume;

import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.StreamServer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves streams that may be resumed: those that say so live on when their link is lost, and are
/// found again by their id. Who serves them inside notices nothing but a pause.
///
/// A resumption must name the same session, user, login and target as the first OPEN; whoever does
/// not learns nothing. The stream that it finds may still be attached: then it is taken over.
public final class ServeResumable {

    private static final Logger log = LoggerFactory.getLogger(ServeResumable.class);

    /// Resumable streams at a time, each of which may hold a program or a connection while it is
    /// cut off; more are served, and not kept.
    static final int MOST = 4_096;

    /// Streams that are over and that the other side may not know of yet, by how they ended.
    private static final int MOST_ENDED = 1_024;

    private static final int ID_LENGTH = 22;

    /// What says whose stream it is, and to what.
    private static final List<String> IDENTITY =
            List.of("kind", "session", "user", "login", "target", "argv");

    private final EventLoop loop;
    private final Keeping keeping;
    private final Map<String, Keeping> ofKinds;
    private final ResumeBudget budget;
    private final Keeper keeper = new Keeper();
    private final AtomicInteger cutOff = new AtomicInteger();
    // Touched on the loop only.
    private final Map<String, ResumableStream> streams = new LinkedHashMap<>();
    private final LinkedHashSet<ResumableStream> waiting = new LinkedHashSet<>();
    private final Map<String, Ended> done = new Recent();
    private final Map<String, Ended> broken = new Recent();

    /// How a stream is kept while it is cut off.
    ///
    /// @param within so long; zero: not at all
    /// @param taken so many bytes it still takes, as far as the budget goes
    public record Keeping(Duration within, int taken) {}

    /// @param loop that all its streams live on
    /// @param within how long a stream is kept cut off; zero: none is
    public ServeResumable(EventLoop loop, Duration within, ResumeBudget budget) {
        this(loop, within, budget, Map.of());
    }

    /// @param ofKinds of streams that are kept in another way
    public ServeResumable(
            EventLoop loop, Duration within, ResumeBudget budget, Map<String, Keeping> ofKinds) {
        this.loop = loop;
        this.keeping = new Keeping(within, ResumableStream.TAKEN_CUT_OFF);
        this.ofKinds = Map.copyOf(ofKinds);
        this.budget = budget;
    }

    private Keeping keeping(Headers headers) {
        return ofKinds.getOrDefault(String.valueOf(headers.text("kind")), keeping);
    }

    /// How many streams are cut off now.
    public int cutOff() {
        return cutOff.get();
    }

    /// How many streams are served that could be resumed.
    int known() {
        return streams.size();
    }

    /// Serves streams as `inside` does, and those that can be resumed so that they can.
    public StreamServer around(StreamServer inside) {
        return stream -> serve(stream, inside);
    }

    private void serve(LinkStream stream, StreamServer inside) {
        try {
            sort(stream, inside);
        } catch (ProtocolException e) {
            stream.refuse(StreamEnd.BAD_REQUEST, "The stream's headers make no sense: " + e.rule());
        }
    }

    private void sort(LinkStream stream, StreamServer inside) {
        var headers = stream.headers();
        String id = headers.text(ResumableStream.ID);
        String at = headers.text(ResumableStream.AT);
        if (at != null) {
            String known = id == null ? "" : id;
            long offset =
                    at.equals(ResumableStream.OLDEST_WORD)
                            ? ResumableStream.OLDEST
                            : ResumableStream.number(ResumableStream.AT, at);
            onLoop(() -> resume(stream, known, offset));
        } else if (id == null || keeping(headers).within().isZero()) {
            inside.serve(stream);
        } else if (id.length() != ID_LENGTH) {
            throw new ProtocolException("resume-id has not " + ID_LENGTH + " characters");
        } else {
            onLoop(() -> first(stream, id, inside));
        }
    }

    private void onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    private void first(LinkStream stream, String id, StreamServer inside) {
        if (streams.containsKey(id) || done.containsKey(id) || broken.containsKey(id)) {
            stream.refuse(StreamEnd.BAD_REQUEST, "Another stream has this resume-id.");
            return;
        }
        if (streams.size() >= MOST) {
            inside.serve(stream);
            return;
        }
        var resumable =
                ResumableStream.serving(loop, keeper, budget, stream, keeping(stream.headers()));
        streams.put(id, resumable);
        try {
            inside.serve(resumable);
        } catch (ProtocolException e) {
            resumable.refuse(
                    StreamEnd.BAD_REQUEST, "The stream's headers make no sense: " + e.rule());
        }
    }

    private void resume(LinkStream stream, String id, long at) {
        var kept = streams.get(id);
        if (kept != null) {
            if (!kept.isAccepted()
                    || !isSame(kept.headers(), stream.headers())
                    || !kept.resume(stream, at)) {
                refuse(stream);
            }
            return;
        }
        var ended = done.get(id);
        if (ended == null) {
            ended = broken.get(id);
        }
        if (ended == null || !isSame(ended.headers, stream.headers())) {
            refuse(stream);
        } else if (ended.cause == StreamEnd.DONE) {
            new Repeated(stream, ended).answer(keeping(stream.headers()).within());
        } else {
            stream.refuse(ended.cause, ended.message);
        }
    }

    private static void refuse(LinkStream stream) {
        stream.refuse(StreamEnd.NOT_RESUMABLE, "The node keeps no such stream.");
    }

    private static boolean isSame(Headers first, Headers now) {
        return IDENTITY.stream().allMatch(name -> isSame(first, now, name));
    }

    private static boolean isSame(Headers first, Headers now, String name) {
        return Arrays.equals(first.bytes(name), now.bytes(name));
    }

    /// Ends the streams of a session, whether they are cut off or not.
    ///
    /// @return how many there were
    public int end(String session, StreamEnd cause, String message) {
        return endAll(stream -> session.equals(stream.headers().text("session")), cause, message);
    }

    /// Ends the streams of a session that are cut off.
    public int endCutOff(String session, StreamEnd cause, String message) {
        return endAll(
                stream -> stream.isCutOff() && session.equals(stream.headers().text("session")),
                cause,
                message);
    }

    /// Ends all streams: this process stops.
    public void endAll(StreamEnd cause, String message) {
        int ended = endAll(stream -> true, cause, message);
        log.debug("{} resumable streams ended: {}", ended, message);
    }

    private int endAll(
            java.util.function.Predicate<ResumableStream> which, StreamEnd cause, String message) {
        var ended = new java.util.concurrent.CompletableFuture<Integer>();
        onLoop(() -> {
            var found = new ArrayList<>(streams.values());
            found.removeIf(which.negate());
            found.forEach(stream -> stream.end(cause, message));
            ended.complete(found.size());
        });
        return ended.join();
    }

    private final class Keeper implements ResumableStream.Keeper {

        @Override
        public void cutOff(ResumableStream stream, String why) {
            if (waiting.add(stream)) {
                cutOff.set(waiting.size());
            }
        }

        @Override
        public void refused(ResumableStream stream, StreamEnd cause, String message) {
            throw new IllegalStateException("a serving side asks nobody");
        }

        @Override
        public void resumed(ResumableStream stream) {
            if (waiting.remove(stream)) {
                cutOff.set(waiting.size());
            }
        }

        @Override
        public void over(ResumableStream stream, StreamEnd cause, String message) {
            resumed(stream);
            String id = String.valueOf(stream.headers().text(ResumableStream.ID));
            if (!streams.remove(id, stream) || !stream.isAccepted()) {
                return;
            }
            var ended = new Ended(stream.headers(), cause, message, stream.standsAt());
            if (cause == StreamEnd.DONE) {
                done.put(id, ended);
            } else if (cause != StreamEnd.LINK_LOST) {
                broken.put(id, ended);
            }
        }
    }

    /// How a stream ended. Its last word may have been lost with the link.
    private record Ended(Headers headers, StreamEnd cause, String message, long received) {}

    private static final class Recent extends LinkedHashMap<String, Ended> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MOST_ENDED;
        }
    }

    /// A stream that is done, resumed by a side that did not hear the last acknowledgement: both
    /// have everything, and end again.
    private static final class Repeated implements StreamListener {

        private final LinkStream stream;
        private final Ended end;

        Repeated(LinkStream stream, Ended end) {
            this.stream = stream;
            this.end = end;
        }

        void answer(Duration within) {
            stream.accept(
                    Headers.of(
                            ResumableStream.AT,
                            Long.toString(end.received),
                            ResumableStream.MILLIS,
                            Long.toString(within.toMillis())));
            stream.listen(this);
            stream.end();
        }

        @Override
        public void data(ByteBuf bytes) {
            int length = bytes.readableBytes();
            bytes.release();
            stream.consumed(length);
            stream.reset(StreamEnd.PROTOCOL_ERROR, "bytes after the end of the stream");
        }

        @Override
        public void ended() {}

        @Override
        public void closed(StreamEnd cause, String message) {}
    }
}
