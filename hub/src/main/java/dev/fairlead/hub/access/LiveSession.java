package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.link.Link;
import dev.fairlead.link.StreamEnd;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A session that lives, with the streams in it: one for SSH and exec, any number one after another
/// for a forward.
///
/// A stream whose link was lost is remembered, since it may be resumed. While no stream is joined
/// and some are remembered, the session is *interrupted*: it lives by its right as before, and ends
/// when the time for resumption has passed ([#expire]).
final class LiveSession implements Live {

    /// How it ended.
    record End(StreamEnd cause, String message) {}

    /// What is left in a session when a stream has left it.
    enum Left {
        /// Other streams.
        STREAMS,
        /// Nothing but what may be resumed.
        INTERRUPTED,
        /// Nothing.
        NOTHING
    }

    /// As many lost streams are remembered; beyond, the oldest cannot be resumed any more.
    private static final int MOST_LOST = 2_048;

    /// Stands for all streams of a session that another process began.
    private static final String ANY = "";

    private final SessionId id;
    private volatile Principal principal;
    private final TenantId tenant;
    private final NodeId node;
    private final String nodeName;
    private final OpenRequest.Kind kind;
    private final String login;
    private final String target;
    private final String address;
    private final boolean resumable;
    private final Predicate<LiveSession> allowed;
    private final Set<JoinedStream> joined = new HashSet<>();

    /// How many of those are incarnations of one stream, by its resume id.
    private final Map<String, Integer> incarnations = new HashMap<>();

    /// Lost streams by their resume id, oldest first, with [System#nanoTime()] of the loss.
    private final Map<String, Long> lost = new LinkedHashMap<>();

    private boolean leftover;
    private long interruptedSince;
    private boolean recordedAsResumed;
    private final Object resuming = new Object();
    private @Nullable End end;
    private @Nullable BiConsumer<End, Runnable> farewell;
    private Runnable whenCutIdle = () -> {};
    private @Nullable Consumer<LiveSession> holder;
    private volatile @Nullable Link nodeLink;

    /// Completes when nothing is to be waited for before what is left is broken off.
    private final CompletableFuture<Void> said = new CompletableFuture<>();

    private final CompletableFuture<Void> over = said.thenRun(this::breakOff);
    private final SessionBytes bytes = new SessionBytes();
    private long streams;

    /// @param login settled; empty for the node's default
    /// @param target as people read it; empty where there is none
    /// @param resumable whether its first stream may be resumed
    /// @param allowed asks anew; may block
    LiveSession(
            SessionId id,
            Principal principal,
            TenantId tenant,
            NodeId node,
            String nodeName,
            OpenRequest.Kind kind,
            String login,
            String target,
            String address,
            boolean resumable,
            Predicate<LiveSession> allowed) {
        this.id = id;
        this.principal = principal;
        this.tenant = tenant;
        this.node = node;
        this.nodeName = nodeName;
        this.kind = kind;
        this.login = login;
        this.target = target;
        this.address = address;
        this.resumable = resumable;
        this.allowed = allowed;
    }

    SessionId id() {
        return id;
    }

    /// By whose credential it lives now; another one of the same user after it was resumed by that.
    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    NodeId node() {
        return node;
    }

    String nodeName() {
        return nodeName;
    }

    OpenRequest.Kind kind() {
        return kind;
    }

    String login() {
        return login;
    }

    String target() {
        return target;
    }

    /// Where the person came from when it began.
    String address() {
        return address;
    }

    /// Whether its first stream may be resumed: if not, the next process has no use for it.
    boolean isResumable() {
        return resumable;
    }

    @Override
    public boolean isAllowed() {
        return allowed.test(this);
    }

    // Its end.

    @Override
    public void cut(String cause) {
        var ignored = cut(StreamEnd.RIGHT_ENDED, cause);
    }

    /// Ends it with all of its streams, and remembers why. From now on nothing of what the person
    /// sends reaches the node.
    ///
    /// @return completes when its streams are broken off: at once, or where the person is told
    ///   before, [Farewell#WITHIN] from now at the latest
    CompletableFuture<Void> cut(StreamEnd cause, String message) {
        return cutWhere(() -> true, new End(cause, message));
    }

    /// Forgets streams that were lost before this, and ends the session where nothing is left.
    ///
    /// @param before of [System#nanoTime()]
    void expire(long before, StreamEnd cause, String message) {
        var ignored =
                cutWhere(
                        () -> {
                            boolean was = isInterrupted();
                            lost.entrySet().removeIf(stream -> isTooOld(stream, before));
                            return was && !isInterrupted();
                        },
                        new End(cause, message));
    }

    private boolean isTooOld(Map.Entry<String, Long> stream, long before) {
        boolean tooOld = stream.getValue() - before < 0;
        if (tooOld) {
            bytes.forget(stream.getKey());
        }
        return tooOld;
    }

    private CompletableFuture<Void> cutWhere(BooleanSupplier wanted, End why) {
        Set<JoinedStream> cut;
        BiConsumer<End, Runnable> tell;
        boolean nodeKeepsStreams;
        synchronized (this) {
            nodeKeepsStreams = !lost.isEmpty();
            if (end != null || !wanted.getAsBoolean()) {
                return over;
            }
            end = why;
            cut = Set.copyOf(joined);
            tell = farewell;
        }
        boolean tellsPerson = !cut.isEmpty() && kind == OpenRequest.Kind.SSH;
        if (tell == null || !tellsPerson) {
            if (tell != null && nodeKeepsStreams) {
                tell.accept(why, () -> {});
            }
            said.complete(null);
        } else {
            cut.forEach(stream -> stream.relay().mute());
            said.completeOnTimeout(null, Farewell.WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            tell.accept(why, () -> said.complete(null));
        }
        if (cut.isEmpty()) {
            whenCutIdle.run();
        }
        return over;
    }

    private void breakOff() {
        Set<JoinedStream> left;
        End why;
        synchronized (this) {
            left = Set.copyOf(joined);
            why = end;
        }
        if (why != null) {
            left.forEach(stream -> stream.relay().cut(why.cause(), why.message()));
        }
    }

    /// How the node is asked to tell the person why, and to drop the streams that it keeps: by what
    /// is given here, which runs the second argument where the node will not. Set before the
    /// session begins.
    synchronized void farewell(BiConsumer<End, Runnable> tell) {
        farewell = tell;
    }

    /// Runs when it is cut while no stream is in it, so that somebody records its end. Set before
    /// it begins.
    void whenCutIdle(Runnable action) {
        whenCutIdle = action;
    }

    /// Who has it among its own is told when it has ended, or when somebody else has it.
    void heldBy(@Nullable Consumer<LiveSession> next) {
        Consumer<LiveSession> before;
        synchronized (this) {
            before = holder;
            holder = next;
        }
        if (before != null) {
            before.accept(this);
        }
    }

    /// Why it was cut; null where nobody cut it.
    synchronized @Nullable End end() {
        return end;
    }

    /// Ends a session in which nothing is left, for what the last stream said; the earlier reason
    /// stays.
    void finish(StreamEnd cause, String message) {
        synchronized (this) {
            if (end == null) {
                end = new End(cause, message);
            }
        }
        said.complete(null);
        heldBy(null);
    }

    // Its streams.

    /// The node's link that its newest stream is on; null before the first.
    @Nullable Link nodeLink() {
        return nodeLink;
    }

    /// Takes in a stream that is about to be joined; false where the session has ended, and the
    /// stream must be cut. An earlier incarnation of the same stream is cut: whoever resumes it
    /// knows that it is lost before this hub does.
    boolean enter(JoinedStream stream, Link over) {
        Optional<JoinedStream> before = Optional.empty();
        synchronized (this) {
            if (end != null) {
                return false;
            }
            var resumeId = stream.resumeId();
            if (resumeId != null && incarnations.merge(resumeId, 1, Integer::sum) > 1) {
                before = joined.stream().filter(stream::resumes).findAny();
            }
            joined.add(stream);
            bytes.enter(stream.bytes());
            streams++;
            if (resumeId != null) {
                lost.remove(resumeId);
                if (kind != OpenRequest.Kind.TCP) {
                    lost.remove(ANY);
                }
            }
            nodeLink = over;
        }
        before.ifPresent(
                old -> old.relay().cut(StreamEnd.LINK_LOST, "the stream was resumed elsewhere"));
        return true;
    }

    /// Counts a stream that is over.
    ///
    /// @param mayBeResumed whether it was lost, and can be resumed
    Left leave(JoinedStream stream, boolean mayBeResumed) {
        Left left;
        boolean cut;
        synchronized (this) {
            if (joined.remove(stream)) {
                var resumeId = stream.resumeId();
                boolean goesOn =
                        resumeId != null
                                && incarnations.computeIfPresent(
                                                resumeId, (id, n) -> n == 1 ? null : n - 1)
                                        != null;
                bytes.leave(stream.bytes(), goesOn || mayBeResumed);
                if (mayBeResumed && !goesOn) {
                    lose(stream);
                }
            }
            cut = end != null;
            left =
                    !joined.isEmpty()
                            ? Left.STREAMS
                            : isInterrupted() ? Left.INTERRUPTED : Left.NOTHING;
            if (left == Left.INTERRUPTED) {
                interruptedSince = System.nanoTime();
                recordedAsResumed = false;
            }
        }
        if (left == Left.NOTHING && cut) {
            said.complete(null);
        }
        return left;
    }

    private void lose(JoinedStream stream) {
        var resumeId = stream.resumeId();
        if (resumeId != null && end == null) {
            if (lost.size() >= MOST_LOST) {
                var oldest = lost.keySet().iterator().next();
                lost.remove(oldest);
                bytes.forget(oldest);
            }
            lost.put(resumeId, System.nanoTime());
        }
    }

    // Interruption and resumption.

    /// Makes it one that another process began, whose streams are all lost.
    ///
    /// @param in bytes that process has counted; 0 where it was killed before it could write them
    synchronized LiveSession leftOver(long in, long out) {
        leftover = true;
        bytes.goOnFrom(in, out);
        interruptedSince = System.nanoTime();
        lost.put(ANY, interruptedSince);
        return this;
    }

    synchronized boolean isInterrupted() {
        return end == null && joined.isEmpty() && !lost.isEmpty();
    }

    /// Whether all of its streams can be resumed by somebody else than this process.
    synchronized boolean outlivesHub() {
        return end == null
                && (!joined.isEmpty() || !lost.isEmpty())
                && joined.stream().allMatch(JoinedStream::mayBeResumed);
    }

    /// How long it has been interrupted.
    synchronized Duration interruptedFor() {
        return Duration.ofNanos(System.nanoTime() - interruptedSince);
    }

    /// Whether a stream of this resume id is in it, or was lost: as far as this process can know,
    /// which has not seen how the streams of a leftover began.
    synchronized boolean mayHaveStream(String resumeId) {
        return leftover || lost.containsKey(resumeId) || incarnations.containsKey(resumeId);
    }

    /// Held while it is recorded that it is resumed.
    Object resuming() {
        return resuming;
    }

    synchronized boolean isRecordedAsResumed() {
        return recordedAsResumed;
    }

    synchronized void recordedAsResumed() {
        recordedAsResumed = true;
    }

    /// From now on it lives by this credential of its user.
    void resumedBy(Principal again) {
        principal = again;
    }

    /// A stream goes on from these offsets.
    synchronized void resumedAt(JoinedStream stream, long in, long out) {
        bytes.resumed(stream.bytes(), in, out);
    }

    synchronized int openStreams() {
        return joined.size();
    }

    synchronized boolean isIdle() {
        return joined.isEmpty() && lost.isEmpty();
    }

    /// Whether it is idle but for streams that a process before this one may have lost in it: some
    /// of them were taken up again, and nobody knows of others.
    synchronized boolean isIdleAsFarAsKnown() {
        return joined.isEmpty()
                && (lost.isEmpty() || streams > 0 && lost.keySet().equals(Set.of(ANY)));
    }

    synchronized long bytesIn() {
        return bytes.in();
    }

    synchronized long bytesOut() {
        return bytes.out();
    }

    synchronized long streams() {
        return streams;
    }
}
