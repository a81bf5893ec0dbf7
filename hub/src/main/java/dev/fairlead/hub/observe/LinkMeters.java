package dev.fairlead.hub.observe;

import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.Relay;
import dev.fairlead.link.StreamEnd;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is counted of links, streams and refusals. No tag has the name of a tenant, node or person:
/// each value is one of a list in the source, so that the number of series has a bound whatever
/// strangers send. `docs/metrics.md` describes them all; a test compares it with a running hub.
public final class LinkMeters {

    private static final String OTHER = "other";

    /// What [#limit] counts.
    private static final List<String> LIMITS =
            List.of(
                    "unproved",
                    "unproved-per-address",
                    "streams",
                    "memory",
                    "tenant-memory",
                    "opens-per-second",
                    "controls-per-second",
                    "terminals",
                    "unread");

    private final MeterRegistry meters;
    private final Map<String, AtomicInteger> open;

    /// Of streams, found without asking the registry: there are thousands a second.
    private final Map<String, Counter> opened = new ConcurrentHashMap<>();

    private final Map<Ended, Counter> ended = new ConcurrentHashMap<>();
    private final Relayed relayed = new Relayed();
    private final Counter interrupted;
    private final Timer pauses;

    /// @param kinds of streams that clients may open
    public LinkMeters(MeterRegistry meters, List<String> kinds) {
        this.meters = meters;
        this.open =
                kinds.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Function.identity(), kind -> new AtomicInteger()));
        open.forEach((kind, now) ->
                Gauge.builder("fairlead.streams.open", now, AtomicInteger::get)
                        .description("Streams of people's programs that are open now, by kind")
                        .tag("kind", kind)
                        .register(meters));
        interrupted =
                Counter.builder("fairlead.sessions.interrupted")
                        .description("Sessions that lost all of their streams")
                        .register(meters);
        pauses =
                Timer.builder("fairlead.sessions.pause")
                        .description("From a session's interruption to its resumption")
                        .register(meters);
        LIMITS.forEach(this::limitCounter);
        relayedBytes("to-node", Relayed::up);
        relayedBytes("from-node", Relayed::down);
    }

    private void relayedBytes(String direction, ToDoubleFunction<Relayed> bytes) {
        FunctionCounter.builder("fairlead.relayed", relayed, bytes)
                .description("Bytes that passed between people's programs and nodes")
                .baseUnit("bytes")
                .tag("direction", direction)
                .register(meters);
    }

    /// @param of keeps what is counted alive
    public <T> void links(String role, T of, ToDoubleFunction<T> count) {
        Gauge.builder("fairlead.links", of, count)
                .description("Links that stand, by role")
                .tag("role", role)
                .register(meters);
    }

    /// @param of keeps what is counted alive
    public <T> void innerTls(String role, T of, ToDoubleFunction<T> count) {
        Gauge.builder("fairlead.links.inner.tls", of, count)
                .description("Links that stand and have a second TLS inside, by role")
                .tag("role", role)
                .register(meters);
    }

    /// @param of keeps what is counted alive
    public <T> void memory(T of, ToDoubleFunction<T> bytes) {
        Gauge.builder("fairlead.links.memory", of, bytes)
                .description("Bytes that the other sides of all links may send unasked, together")
                .baseUnit("bytes")
                .register(meters);
    }

    /// @param state `live` or `interrupted`
    /// @param of keeps what is counted alive
    public <T> void sessions(String state, T of, ToDoubleFunction<T> count) {
        Gauge.builder("fairlead.sessions", of, count)
                .description("Sessions that have not ended, by state")
                .tag("state", state)
                .register(meters);
    }

    /// All streams of a session were lost.
    public void interrupted() {
        interrupted.increment();
    }

    /// A session was resumed, after this long.
    public void resumed(Duration pause) {
        pauses.record(pause);
    }

    /// @param of keeps what is counted alive
    public <T> void unproved(T of, ToDoubleFunction<T> count) {
        Gauge.builder("fairlead.handshakes.open", of, count)
                .description("Connections that have not proved themselves yet")
                .register(meters);
    }

    /// A link has ended.
    ///
    /// @param role `node` or `client`
    public void linkEnded(String role, LinkEnd cause) {
        Counter.builder("fairlead.links.ended")
                .description("Links that ended, by role and cause")
                .tag("role", role)
                .tag("cause", cause.label())
                .register(meters)
                .increment();
    }

    /// Somebody has come to a limit.
    ///
    /// @param limit the last word of its key in the configuration
    public void limit(String limit) {
        limitCounter(limit).increment();
    }

    private Counter limitCounter(String limit) {
        return Counter.builder("fairlead.limits")
                .description("How often somebody came to a limit, by its key")
                .tag("limit", limit)
                .register(meters);
    }

    /// What waits before TLS.
    ///
    /// @param of keeps what is counted alive
    public <T> void tlsHandshakes(
            T of,
            ToDoubleFunction<T> open,
            ToDoubleFunction<T> waiting,
            ToDoubleFunction<T> waits) {
        Gauge.builder("fairlead.tls.handshakes.open", of, open)
                .description("TLS handshakes under way")
                .register(meters);
        Gauge.builder("fairlead.tls.handshakes.waiting", of, waiting)
                .description("Connections that wait for their TLS handshake")
                .register(meters);
        FunctionCounter.builder("fairlead.tls.handshakes.waited", of, waits)
                .description("Connections that had to wait for their TLS handshake")
                .register(meters);
    }

    /// A handshake is over.
    ///
    /// @param outcome `welcome`, the label of a refusal, or how the connection ended
    public void handshake(String outcome) {
        Counter.builder("fairlead.handshakes")
                .description("Handshakes of links, by outcome")
                .tag("outcome", outcome)
                .register(meters)
                .increment();
    }

    /// An agent's call was answered.
    ///
    /// @param method one of those that the hub serves
    /// @param outcome `done`, or the label of the end
    public void call(String method, String outcome, Duration took) {
        Timer.builder("fairlead.calls")
                .description("Calls of agents, by method and outcome")
                .tag("method", method)
                .tag("outcome", outcome)
                .register(meters)
                .record(took);
    }

    /// Something was refused that anybody can try, such as a sign-in.
    ///
    /// @param act as in the audit
    /// @param reason its label
    public void refused(String act, String reason) {
        Counter.builder("fairlead.refused")
                .description("Sign-ins, handshakes, streams and the like that were refused")
                .tag("act", act)
                .tag("reason", reason)
                .register(meters)
                .increment();
    }

    /// @param of keeps what is counted alive
    public <T> void auditBacklog(T of, ToDoubleFunction<T> records) {
        Gauge.builder("fairlead.audit.backlog", of, records)
                .description("Records of the audit that are not in the database yet")
                .register(meters);
    }

    /// A stream is asked for.
    ///
    /// @param kind as a stranger wrote it
    public Stream stream(@Nullable String kind) {
        var known = kind != null && open.containsKey(kind) ? kind : OTHER;
        opened.computeIfAbsent(known, this::openedCounter).increment();
        return new Stream(known);
    }

    private Counter openedCounter(String kind) {
        return Counter.builder("fairlead.streams.opened")
                .description("Streams that people's programs asked for, by kind")
                .tag("kind", kind)
                .register(meters);
    }

    private record Ended(String kind, StreamEnd cause) {}

    private Counter endedCounter(Ended ended) {
        return Counter.builder("fairlead.streams.ended")
                .description("Streams that ended or were refused, by kind and cause")
                .tag("kind", ended.kind)
                .tag("cause", ended.cause.label())
                .register(meters);
    }

    /// One stream, from its OPEN to its end.
    public final class Stream {

        private final String kind;
        private final AtomicBoolean over = new AtomicBoolean();
        private @Nullable Relay relay;

        private Stream(String kind) {
            this.kind = kind;
        }

        /// It is being joined with a node's.
        public void relays(Relay joined) {
            relay = joined;
            relayed.begin(joined);
            count(1);
        }

        /// It is over, or was refused.
        public void over(StreamEnd cause) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            var joined = relay;
            if (joined != null) {
                relayed.end(joined);
                count(-1);
            }
            ended.computeIfAbsent(new Ended(kind, cause), LinkMeters.this::endedCounter)
                    .increment();
        }

        private void count(int change) {
            var now = open.get(kind);
            if (now != null) {
                now.addAndGet(change);
            }
        }
    }

    /// The bytes of streams that are over, and those of the others so far. One lock for both, so
    /// that the sums never go down.
    private static final class Relayed {

        private final Set<Relay> now = new HashSet<>();
        private long up;
        private long down;

        synchronized void begin(Relay relay) {
            now.add(relay);
        }

        synchronized void end(Relay relay) {
            now.remove(relay);
            up += relay.bytesUp();
            down += relay.bytesDown();
        }

        synchronized double up() {
            return up + now.stream().mapToLong(Relay::bytesUp).sum();
        }

        synchronized double down() {
            return down + now.stream().mapToLong(Relay::bytesDown).sum();
        }
    }
}
