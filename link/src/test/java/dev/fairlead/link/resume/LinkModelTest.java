package dev.fairlead.link.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LongRun;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.resume.World.Party;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Random schedules against the rules of a link: windows, half-close, reset, takeover, resumption,
/// drain. A client, a hub and an agent on one thread and one clock; each schedule is a number, and
/// the same number is the same schedule. No byte is lost, repeated or out of order, no stream is
/// left over, and every account is zero afterwards.
///
/// `-Dfairlead.seed=N` runs one schedule.
@ExtendWith(NettyLeakDetectorExtension.class)
class LinkModelTest {

    private static final Logger LOG = LoggerFactory.getLogger(LinkModelTest.class);
    private static final int SAMPLE = 200;
    private static final int ALL = 10_000;
    private static final int WATCHED = 6;

    /// The first ones, with Netty's leak detection.
    @Test
    void noBufferIsLeftOver() {
        run(0, WATCHED);
    }

    /// The rest without it, which is twenty times as fast.
    @Test
    @Tag("long")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void everyScheduleKeepsTheRules() throws Exception {
        LongRun.prove("model of the link", this::allSchedules);
    }

    private String allSchedules() {
        var level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            var one = Long.getLong("fairlead.seed");
            if (one != null) {
                schedule(one);
                return "schedule " + one;
            }
            int count = LongRun.isAsked() ? ALL : SAMPLE;
            run(WATCHED, count);
            // Else the schedules would prove little.
            assertThat(done).as("streams that were done").isGreaterThan(count);
            assertThat(resumed).as("resumptions").isGreaterThan(count / 2);
            return "%,d schedules; %,d streams done, %,d lost with their link for good, %,d resumptions"
                    .formatted(count, done, lost, resumed);
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private int done;
    private int lost;
    private int resumed;

    private void run(long from, long to) {
        for (long seed = from; seed < to; seed++) {
            try {
                schedule(seed);
            } catch (Throwable e) {
                throw new AssertionError("schedule " + seed + ": " + e.getMessage(), e);
            }
        }
        LOG.info("schedules {} to {}: {} done, {} lost, {} resumed", from, to, done, lost, resumed);
    }

    private void schedule(long seed) {
        // Of four schedules one has a short time to resume, and one little memory.
        boolean hasty = seed % 4 == 1;
        boolean tight = seed % 4 == 2;
        var within = hasty ? Duration.ofSeconds(2) : Duration.ofMinutes(2);
        try (var world = new World(seed, within, tight ? 120_000 : 8 << 20)) {
            world.linkAgent();
            world.linkClient();
            int steps = 100 + world.random.nextInt(300);
            for (int i = 0; i < steps; i++) {
                step(world, hasty);
            }
            settle(world);
            check(world, hasty || tight);
            world.isEmpty();
            resumed += world.events.stream().filter("resumed"::equals).count();
        }
    }

    private static void step(World world, boolean hasty) {
        var random = world.random;
        var parties = parties(world);
        var party = parties.isEmpty() ? null : parties.get(random.nextInt(parties.size()));
        switch (random.nextInt(20)) {
            case 0 -> {
                if (world.clients.size() < 5 && world.clientWire().isUp()) {
                    world.open(random.nextBoolean() ? "tcp" : "ssh");
                }
            }
            case 1, 2, 3, 4 -> {
                if (party != null && !party.endCalled && party.stream().isWritable()) {
                    party.write(
                            random.nextInt(3) == 0
                                    ? 1 + random.nextInt(70_000)
                                    : 1 + random.nextInt(700));
                }
            }
            case 5, 6, 7 -> {
                if (party != null) {
                    party.consume(1 + random.nextInt(40_000));
                }
            }
            case 8 -> {
                if (party != null && !party.endCalled && random.nextInt(4) == 0) {
                    party.end();
                }
            }
            case 9 -> {
                if (party != null && random.nextInt(15) == 0) {
                    party.reset();
                }
            }
            case 10 -> {
                if (random.nextInt(3) == 0) {
                    cut(world);
                }
            }
            case 11 -> mend(world);
            case 12 -> world.pass(random.nextInt(hasty ? 1_500 : 300));
            case 13 -> {
                if (random.nextInt(6) == 0) {
                    move(world);
                }
            }
            default -> {
                var wires = world.wires();
                wires.get(wires.size() - 1 - random.nextInt(Math.min(3, wires.size())))
                        .carry(
                                random.nextInt(3) == 0
                                        ? Integer.MAX_VALUE
                                        : 1 + random.nextInt(20_000));
            }
        }
    }

    private static void cut(World world) {
        switch (world.random.nextInt(4)) {
            case 0 -> world.clientWire().cut();
            case 1 -> world.agentWire().cut();
            case 2 -> {
                world.clientWire().cut();
                world.agentWire().cut();
            }
            default -> world.agentWire().acceptor.close(LinkEnd.GOING_AWAY, "the hub stops");
        }
    }

    private static void mend(World world) {
        if (!world.clientWire().isUp()) {
            world.linkClient();
        }
        if (!world.agentWire().isUp()) {
            world.linkAgent();
        }
    }

    /// A newer link while the old one is still there: a drain, or a half that nobody saw go.
    private static void move(World world) {
        if (world.random.nextBoolean()) {
            world.linkAgent();
            return;
        }
        if (world.random.nextBoolean()) {
            world.clientWire().acceptor.goAway(LinkEnd.GOING_AWAY, Duration.ZERO, "a drain");
        }
        world.linkClient();
    }

    private static List<Party> parties(World world) {
        return world.everybody.stream().filter(Party::isOpen).toList();
    }

    /// The links stay, everybody reads, and everybody ends.
    private static void settle(World world) {
        for (int round = 0; round < 400; round++) {
            mend(world);
            world.run(50);
            for (var party : world.everybody) {
                party.consume(Integer.MAX_VALUE);
                if (party.isOpen() && !party.endCalled) {
                    party.end();
                }
            }
            if (world.clients.stream().noneMatch(Party::isOpen) && round > 20) {
                break;
            }
        }
        // What only the node's time ends: streams that the client gave up or has done.
        for (int i = 0; i < 60 && world.agent.known() > 0; i++) {
            world.run(50);
            world.pass(4_000);
        }
        world.settle(500);
    }

    /// @param mayLose where time or memory may have run out
    private void check(World world, boolean mayLose) {
        for (var client : world.clients) {
            assertThat(client.closed).as("a stream is left over").isNotNull();
            var target = client.other < 0 ? null : world.everybody.get(client.other);
            if (client.closed == StreamEnd.DONE) {
                done++;
                java.util.Objects.requireNonNull(target);
                assertThat(client.received).isEqualTo(target.written);
                assertThat(target.received).isEqualTo(client.written);
                assertThat(target.ended && client.ended).isTrue();
            } else if (target == null || client.wasReset || target.wasReset) {
                assertThat(client.closed).isNotNull();
            } else if (client.closed == StreamEnd.LINK_LOST
                    || client.closed == StreamEnd.NODE_OFFLINE) {
                lost++;
                assertThat(mayLose || !client.accepted).as(client.message).isTrue();
            } else {
                throw new AssertionError("ended as " + client.closed + ": " + client.message);
            }
        }
        assertThat(world.everybody).noneMatch(Party::isOpen);
    }
}
