package dev.fairlead.hub.access;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How many bytes have passed in a session, each of them counted once: what is sent again after a
/// stream was resumed has its place in that stream already. Of a stream that can be resumed, how
/// far its farthest incarnation has come counts.
///
/// Whoever has it keeps others out meanwhile.
final class SessionBytes {

    /// One incarnation of a stream.
    static final class Part {

        private final @Nullable String resumeId;
        private final LongSupplier in;
        private final LongSupplier out;
        private long inAt;
        private long outAt;
        private boolean first;

        /// @param resumeId null where it is not to be resumed
        /// @param in bytes to the node that this incarnation has passed on
        /// @param out bytes from the node, likewise
        Part(@Nullable String resumeId, LongSupplier in, LongSupplier out) {
            this.resumeId = resumeId;
            this.in = in;
            this.out = out;
        }

        private Far far() {
            return new Far(inAt + in.getAsLong(), outAt + out.getAsLong());
        }
    }

    /// Both directions of a stream, from its beginning or from where this process has seen it.
    private record Far(long in, long out) {

        static final Far NOWHERE = new Far(0, 0);

        Far orFarther(Far other) {
            return new Far(Math.max(in, other.in), Math.max(out, other.out));
        }

        Far orNearer(Far other) {
            return new Far(Math.min(in, other.in), Math.min(out, other.out));
        }

        Far since(Far before) {
            return new Far(in - before.in, out - before.out);
        }
    }

    /// Of streams that are over, and what another process has counted.
    private long in;

    private long out;
    private boolean countedBefore;

    private final Set<Part> parts = new HashSet<>();

    /// Of streams that may be resumed, by their resume id: where they began for this process, and
    /// how far those incarnations of theirs have come that are over.
    private final Map<String, Far> begun = new HashMap<>();

    private final Map<String, Far> reached = new HashMap<>();

    /// Goes on from what the process before this one has counted; 0 where it could not write it,
    /// and what its streams say when they are resumed is all that is known.
    void goOnFrom(long countedIn, long countedOut) {
        in = countedIn;
        out = countedOut;
        countedBefore = countedIn != 0 || countedOut != 0;
    }

    void enter(Part part) {
        parts.add(part);
        if (part.resumeId != null) {
            part.first = reached.putIfAbsent(part.resumeId, Far.NOWHERE) == null;
        }
    }

    /// It goes on from here, as both its ends say. They are believed no more than this process
    /// knows, where it has seen the stream from its beginning.
    void resumed(Part part, long inAt, long outAt) {
        if (part.resumeId == null) {
            return;
        }
        var at = new Far(inAt, outAt);
        if (!part.first) {
            at = at.orNearer(far().getOrDefault(part.resumeId, Far.NOWHERE));
        } else if (countedBefore) {
            begun.put(part.resumeId, at);
        }
        part.inAt = at.in;
        part.outAt = at.out;
    }

    /// @param mayComeBack whether another incarnation of its stream is there, or may come
    void leave(Part part, boolean mayComeBack) {
        parts.remove(part);
        if (part.resumeId == null) {
            count(part.far());
        } else {
            reached.merge(part.resumeId, part.far(), Far::orFarther);
            if (!mayComeBack) {
                forget(part.resumeId);
            }
        }
    }

    /// Its streams come back no more.
    void forget(String resumeId) {
        var far = reached.remove(resumeId);
        var from = begun.remove(resumeId);
        if (far != null) {
            count(from == null ? far : far.orFarther(from).since(from));
        }
    }

    private void count(Far far) {
        in += far.in;
        out += far.out;
    }

    long in() {
        return now().in;
    }

    long out() {
        return now().out;
    }

    /// How far each stream that may be resumed has come.
    private Map<String, Far> far() {
        var far = new HashMap<>(reached);
        for (var part : parts) {
            if (part.resumeId != null) {
                far.merge(part.resumeId, part.far(), Far::orFarther);
            }
        }
        return far;
    }

    private Far now() {
        long allIn = in;
        long allOut = out;
        for (var part : parts) {
            if (part.resumeId == null) {
                allIn += part.far().in;
                allOut += part.far().out;
            }
        }
        for (var stream : far().entrySet()) {
            var from = begun.getOrDefault(stream.getKey(), Far.NOWHERE);
            var passed = stream.getValue().orFarther(from).since(from);
            allIn += passed.in;
            allOut += passed.out;
        }
        return new Far(allIn, allOut);
    }
}
