package dev.fairlead.link.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.Headers;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.LinkStream;
import dev.fairlead.link.Relay;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import dev.fairlead.link.StreamServer;
import dev.fairlead.link.ws.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client, a hub and an agent on one thread and one clock, with wires between them that carry as
/// much as the test says, and break when it says so. Nothing in it depends on time or chance but on
/// the seed.
final class World implements AutoCloseable {

    final Random random;
    final ResumeBudget clientMemory;
    final ResumeBudget agentMemory;
    final KeptStreams client;
    final ServeResumable agent;
    final List<Party> clients = new ArrayList<>();
    final Map<String, Party> targets = new HashMap<>();

    /// Everybody, those too whose stream was opened anew.
    final List<Party> everybody = new ArrayList<>();

    final List<String> events = new ArrayList<>();

    private final EmbeddedChannel clientHome = new EmbeddedChannel();
    private final EmbeddedChannel agentHome = new EmbeddedChannel();
    private final List<Wire> wires = new ArrayList<>();
    private final Map<String, String> sessions = new HashMap<>();
    @Nullable Wire clientWire;
    @Nullable Wire agentWire;
    @Nullable StreamEnd hubRefuses;
    boolean agentAccepts = true;

    World(long seed, Duration within, long memory) {
        random = new Random(seed);
        clientMemory = new ResumeBudget(memory);
        agentMemory = new ResumeBudget(memory);
        clientHome.freezeTime();
        agentHome.freezeTime();
        client =
                new KeptStreams(
                        clientHome.eventLoop(),
                        clientMemory,
                        random,
                        new KeptStreams.Events() {
                            @Override
                            public void cutOff(String why) {
                                events.add("cut off");
                            }

                            @Override
                            public void resumed(Duration after) {
                                events.add("resumed");
                            }
                        });
        agent = new ServeResumable(agentHome.eventLoop(), within, agentMemory);
    }

    /// One end of a stream, which writes a pattern and checks the other's.
    static final class Party implements StreamListener {

        private final int pattern;
        private final int expected;
        @Nullable LinkStream stream;
        boolean accepted;

        /// Among everybody: who has accepted this one's stream; negative before.
        int other = -1;

        long written;
        long received;
        long acknowledged;
        int unconsumed;
        boolean endCalled;
        boolean ended;
        boolean wasReset;
        @Nullable StreamEnd closed;
        String message = "";

        Party(int pattern, int expected) {
            this.pattern = pattern;
            this.expected = expected;
        }

        private static byte at(int pattern, long offset) {
            return (byte) (offset * 31 + (offset >>> 8) * 7 + (offset >>> 16) + pattern * 13L);
        }

        LinkStream stream() {
            return java.util.Objects.requireNonNull(stream);
        }

        void write(int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = at(pattern, written + i);
            }
            written += length;
            // As a socket's reader does it: room in front, and sometimes far behind.
            stream()
                    .write(
                            Unpooled.directBuffer(24 + length + length % 3 * 1_000)
                                    .setIndex(24, 24)
                                    .writeBytes(bytes));
        }

        void consume(int most) {
            int n = Math.min(most, unconsumed);
            if (n > 0) {
                unconsumed -= n;
                stream().consumed(n);
            }
        }

        void end() {
            endCalled = true;
            stream().end();
        }

        void reset() {
            wasReset = true;
            stream().reset(StreamEnd.CANCELLED, "broken off");
        }

        boolean isOpen() {
            return closed == null;
        }

        @Override
        public void accepted(Headers answer) {
            assertThat(accepted).isFalse();
            accepted = true;
            other = Integer.parseInt(answer.need("party"));
        }

        @Override
        public void data(ByteBuf bytes) {
            assertThat(closed).isNull();
            assertThat(ended).isFalse();
            unconsumed += bytes.readableBytes();
            while (bytes.isReadable()) {
                if (bytes.readByte() != at(expected, received)) {
                    throw new AssertionError("a wrong byte at " + received);
                }
                received++;
            }
            bytes.release();
        }

        @Override
        public void ended() {
            assertThat(ended).isFalse();
            ended = true;
        }

        @Override
        public void acknowledged(long consumed) {
            assertThat(consumed).isGreaterThan(0);
            acknowledged = Math.max(acknowledged, consumed);
        }

        @Override
        public void closed(StreamEnd cause, String why) {
            assertThat(closed).isNull();
            closed = cause;
            message = why;
        }
    }

    /// One connection: two links, and what is on its way between them.
    final class Wire {

        private final ArrayDeque<ByteBuf> up = new ArrayDeque<>();
        private final ArrayDeque<ByteBuf> down = new ArrayDeque<>();
        private final EmbeddedChannel dialing =
                new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.CLIENT));
        private final EmbeddedChannel accepting =
                new EmbeddedChannel(new WebSocketFrames(WebSocketFrames.Role.SERVER));
        final Link dialer;
        final Link acceptor;
        boolean broken;
        @Nullable LinkEnd end;

        Wire(StreamServer dialerServes, StreamServer acceptorServes) {
            dialing.freezeTime();
            accepting.freezeTime();
            acceptor =
                    Link.start(
                            accepting,
                            Link.Side.ACCEPTOR,
                            LinkLimits.DEFAULT,
                            acceptorServes,
                            (cause, message) -> {});
            dialer =
                    Link.start(
                            dialing,
                            Link.Side.DIALER,
                            LinkLimits.DEFAULT,
                            dialerServes,
                            (cause, message) -> {
                                end = cause;
                                if (clientWire == this) {
                                    client.down();
                                }
                            });
            wires.add(this);
        }

        boolean isUp() {
            return !broken && dialing.isActive() && accepting.isActive() && end == null;
        }

        private void collect() {
            take(dialing, up);
            take(accepting, down);
        }

        private void take(EmbeddedChannel from, ArrayDeque<ByteBuf> to) {
            from.runPendingTasks();
            for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
                // A copy, as the network makes one.
                to.add(Unpooled.copiedBuffer(out));
                out.release();
            }
        }

        /// Delivers at most so many bytes each way; true where there were any.
        boolean carry(int most) {
            collect();
            if (broken) {
                return false;
            }
            boolean any = carry(up, accepting, most) | carry(down, dialing, most);
            collect();
            if (!dialing.isActive() || !accepting.isActive()) {
                cut();
            }
            return any;
        }

        private boolean carry(ArrayDeque<ByteBuf> from, EmbeddedChannel to, int most) {
            int left = most;
            boolean any = false;
            while (left > 0 && !from.isEmpty() && to.isActive()) {
                var first = from.element();
                int n = Math.min(left, first.readableBytes());
                left -= n;
                any = true;
                to.writeInbound(Unpooled.copiedBuffer(first.readSlice(n)));
                if (!first.isReadable()) {
                    from.poll();
                    first.release();
                }
            }
            return any;
        }

        /// Breaks: what is on its way is lost.
        void cut() {
            collect();
            broken = true;
            close(dialing);
            close(accepting);
            up.forEach(ByteBuf::release);
            up.clear();
            down.forEach(ByteBuf::release);
            down.clear();
        }

        private void close(EmbeddedChannel channel) {
            var first = channel.pipeline().firstContext();
            if (first != null) {
                first.close();
            }
            channel.runPendingTasks();
            channel.releaseOutbound();
            channel.releaseInbound();
        }

        private void pass(long millis) {
            dialing.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
            accepting.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
            dialing.runScheduledPendingTasks();
            accepting.runScheduledPendingTasks();
        }
    }

    // The hub.

    private void relay(LinkStream stream) {
        var to = agentWire;
        var refuses = hubRefuses;
        if (refuses != null) {
            stream.refuse(refuses, "the hub says so");
        } else if (to == null || !to.isUp()) {
            stream.refuse(StreamEnd.NODE_OFFLINE, "offline");
        } else {
            var headers = stream.headers();
            String id = headers.need("resume-id");
            String session =
                    headers.bytes("session") == null
                            ? "s" + sessions.size()
                            : headers.need("session");
            sessions.put(id, session);
            new Relay(stream)
                    .connect(
                            to.acceptor,
                            headers.with("session", session).with("user", "ann@acme"),
                            (end, message) -> {});
        }
    }

    // The agent.

    private void serve(LinkStream stream) {
        int number = Integer.parseInt(stream.headers().need("number"));
        var party = new Party(2 * number + 1, 2 * number);
        party.stream = stream;
        targets.put(String.valueOf(number), party);
        everybody.add(party);
        stream.listen(party);
        if (agentAccepts) {
            accept(party);
        }
    }

    void accept(Party party) {
        party.accepted = true;
        party.stream()
                .accept(
                        Headers.of(
                                "session", party.stream().headers().need("session"),
                                "party", String.valueOf(everybody.indexOf(party))));
    }

    // What a test does.

    Party open(String kind) {
        int number = clients.size();
        var party = new Party(2 * number, 2 * number + 1);
        clients.add(party);
        everybody.add(party);
        party.stream =
                client.open(
                        Headers.of("kind", kind, "number", String.valueOf(number), "target", "t:1"),
                        party);
        return party;
    }

    Party target(Party client) {
        return java.util.Objects.requireNonNull(
                targets.get(String.valueOf(clients.indexOf(client))));
    }

    void linkClient() {
        clientWire = new Wire(stream -> stream.refuse(StreamEnd.UNSUPPORTED, "no"), this::relay);
        client.up(clientWire.dialer);
        settleHomes();
    }

    void linkAgent() {
        var old = agentWire;
        agentWire =
                new Wire(
                        agent.around(this::serve),
                        stream -> stream.refuse(StreamEnd.UNSUPPORTED, "no"));
        if (old != null && old.isUp()) {
            old.acceptor.close(LinkEnd.TAKEN_OVER, "a newer link");
        }
    }

    Wire clientWire() {
        return java.util.Objects.requireNonNull(clientWire);
    }

    Wire agentWire() {
        return java.util.Objects.requireNonNull(agentWire);
    }

    List<Wire> wires() {
        return wires;
    }

    private void settleHomes() {
        clientHome.runPendingTasks();
        agentHome.runPendingTasks();
    }

    void pass(long millis) {
        clientHome.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        agentHome.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        wires.forEach(wire -> wire.pass(millis));
        settleHomes();
        clientHome.runScheduledPendingTasks();
        agentHome.runScheduledPendingTasks();
        wires.forEach(Wire::collect);
    }

    /// Carries everything until nothing moves.
    void carryAll() {
        boolean any = true;
        while (any) {
            settleHomes();
            any = false;
            for (var wire : List.copyOf(wires)) {
                any |= wire.carry(Integer.MAX_VALUE);
            }
        }
    }

    /// Carries everything while time passes.
    void run(long millis) {
        for (long at = 0; at < millis; at += 25) {
            carryAll();
            pass(25);
        }
        carryAll();
    }

    /// As [#run], while everybody reads.
    void settle(long millis) {
        for (long at = 0; at < millis; at += 50) {
            everybody.forEach(party -> party.consume(Integer.MAX_VALUE));
            run(50);
        }
        everybody.forEach(party -> party.consume(Integer.MAX_VALUE));
    }

    /// Every account is zero, and nobody waits for anything.
    void isEmpty() {
        assertThat(clientMemory.taken()).as("what the client keeps").isZero();
        assertThat(agentMemory.taken()).as("what the agent keeps").isZero();
        assertThat(agent.cutOff()).isZero();
        assertThat(agent.known()).isZero();
        assertThat(client.known()).isZero();
        for (var wire : wires) {
            assertThat(wire.dialer.windowBytes()).as("windows").isZero();
            assertThat(wire.acceptor.windowBytes()).as("windows").isZero();
        }
    }

    @Override
    public void close() {
        wires.forEach(Wire::cut);
        wires.forEach(wire -> {
            wire.dialing.finishAndReleaseAll();
            wire.accepting.finishAndReleaseAll();
        });
        clientHome.finishAndReleaseAll();
        agentHome.finishAndReleaseAll();
    }
}
