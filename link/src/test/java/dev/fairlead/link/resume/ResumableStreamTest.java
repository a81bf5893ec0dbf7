package dev.fairlead.link.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.resume.World.Party;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A cut at every point that matters.
@ExtendWith(NettyLeakDetectorExtension.class)
class ResumableStreamTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);

    enum Cut {
        CLIENT {
            @Override
            void cut(World world) {
                world.clientWire().cut();
            }

            @Override
            void mend(World world) {
                world.linkClient();
            }
        },
        AGENT {
            @Override
            void cut(World world) {
                world.agentWire().cut();
            }

            @Override
            void mend(World world) {
                world.linkAgent();
            }
        },
        HUB {
            @Override
            void cut(World world) {
                world.clientWire().cut();
                world.agentWire().cut();
            }

            @Override
            void mend(World world) {
                world.linkAgent();
                world.linkClient();
            }
        };

        abstract void cut(World world);

        abstract void mend(World world);
    }

    private @Nullable World made;

    @AfterEach
    void stop() {
        if (made != null) {
            made.close();
        }
    }

    private World world() {
        return world(1 << 20);
    }

    private World world(long memory) {
        var world = new World(1, WITHIN, memory);
        made = world;
        world.linkAgent();
        world.linkClient();
        return world;
    }

    private static void finish(World world, Party client) {
        world.settle(3_000);
        var target = world.target(client);
        if (!client.endCalled) {
            client.end();
        }
        if (!target.endCalled) {
            target.end();
        }
        world.settle(1_000);
        assertThat(client.closed).as(client.message).isEqualTo(StreamEnd.DONE);
        assertThat(target.closed).isEqualTo(StreamEnd.DONE);
        assertThat(target.received).isEqualTo(client.written);
        assertThat(client.received).isEqualTo(target.written);
        world.isEmpty();
    }

    @Test
    void aStreamThatIsNotCutIsLikeAnyOther() {
        var world = world();
        var client = world.open("tcp");
        client.write(100);
        world.carryAll();
        world.target(client).write(70_000);
        world.carryAll();
        assertThat(world.target(client).received).isEqualTo(100);
        finish(world, client);
    }

    @ParameterizedTest
    @EnumSource
    void bytesOnTheirWayArriveOnce(Cut cut) {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        for (int i = 0; i < 50; i++) {
            client.write(1 + i * 37);
            target.write(1 + i * 53);
        }
        world.clientWire().carry(20_000);
        world.agentWire().carry(9_000);
        target.consume(3_000);
        cut.cut(world);
        world.run(1_000);
        assertThat(client.isOpen() && target.isOpen()).isTrue();
        client.write(10);
        target.write(20_000);
        cut.mend(world);
        finish(world, client);
        assertThat(world.events).containsExactly("cut off", "resumed");
    }

    @ParameterizedTest
    @EnumSource
    void anUnansweredSshStreamIsOpenedAfresh(Cut cut) {
        var world = world();
        world.agentAccepts = false;
        var client = world.open("ssh");
        client.write(3_000);
        world.carryAll();
        cut.cut(world);
        world.agentAccepts = true;
        cut.mend(world);
        world.run(3_000);
        assertThat(client.accepted).isTrue();
        finish(world, client);
    }

    /// The node has accepted, and the client has not heard of it.
    @Test
    void anAnswerThatIsLostIsGivenAgain() {
        var world = world();
        var client = world.open("ssh");
        client.write(3_000);
        world.clientWire().carry(Integer.MAX_VALUE);
        world.agentWire().carry(Integer.MAX_VALUE);
        var first = world.target(client);
        assertThat(first.accepted).isTrue();
        world.clientWire().cut();
        world.linkClient();
        world.run(WITHIN.toMillis() + 1_000);
        assertThat(world.target(client)).isNotSameAs(first);
        assertThat(first.closed).isEqualTo(StreamEnd.LINK_LOST);
        finish(world, client);
    }

    @ParameterizedTest
    @CsvSource({"exec, true", "exec, false", "tcp, true"})
    void anUnansweredStreamThatMayHaveDoneSomethingIsNot(String kind, boolean writes) {
        var world = world();
        world.agentAccepts = false;
        var client = world.open(kind);
        if (writes) {
            client.write(10);
        }
        world.carryAll();
        world.clientWire().cut();
        assertThat(client.closed).isEqualTo(StreamEnd.LINK_LOST);
        world.run(100);
        assertThat(world.target(client).closed).isEqualTo(StreamEnd.LINK_LOST);
        world.target(client).consume(10);
        world.isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anEndIsRepeatedUntilItIsAcknowledged(Cut cut) {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        client.write(1_000);
        client.end();
        target.write(40_000);
        target.end();
        world.carryAll();
        // Neither has consumed anything, so neither end is acknowledged.
        assertThat(client.ended).isFalse();
        assertThat(target.ended).isTrue();
        cut.cut(world);
        world.run(500);
        client.consume(100);
        cut.mend(world);
        world.run(1_000);
        assertThat(target.ended).isTrue();
        finish(world, client);
    }

    /// Everything is there but the acknowledgement.
    @Test
    void aLostAcknowledgementOfTheLastEndIsRepeated() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        target.end();
        world.carryAll();
        client.end();
        world.clientWire().carry(Integer.MAX_VALUE);
        world.agentWire().carry(Integer.MAX_VALUE);
        assertThat(target.closed).isEqualTo(StreamEnd.DONE);
        assertThat(client.isOpen()).isTrue();
        world.clientWire().cut();
        world.linkClient();
        world.run(2_000);
        assertThat(client.closed).as(client.message).isEqualTo(StreamEnd.DONE);
        world.isEmpty();
    }

    @Test
    void aCutDuringAResumptionIsAnotherCut() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        client.write(30_000);
        target.write(30_000);
        for (int i = 0; i < 12; i++) {
            world.clientWire().cut();
            world.pass(100);
            world.linkClient();
            world.clientWire().carry(50 * i);
            world.agentWire().carry(Integer.MAX_VALUE);
            world.clientWire().carry(20 * i);
        }
        finish(world, client);
    }

    @Test
    void aStreamMovesWhileItsLinkIsStillThere() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        var old = world.clientWire();
        client.write(100_000);
        target.write(100_000);
        old.carry(30_000);
        world.agentWire().carry(40_000);
        world.linkClient();
        client.write(50);
        world.carryAll();
        assertThat(old.isUp()).isTrue();
        finish(world, client);
        assertThat(world.events).isEmpty();
    }

    @Test
    void aStreamIsTakenOverFromALinkThatTheNodeHoldsForAlive() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        target.write(1_000);
        client.write(1_000);
        // The hub has not noticed that the client is gone; its half of the wire stays.
        world.clientWire().dialer.channel().pipeline().firstContext().close();
        world.linkClient();
        world.run(100);
        assertThat(world.agent.cutOff()).isZero();
        finish(world, client);
    }

    @Test
    void whatIsNotBackInTimeIsLostOnBothSides() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        client.write(1_000);
        target.write(1_000);
        world.clientWire().cut();
        world.run(WITHIN.toMillis() - 100);
        assertThat(client.isOpen() && target.isOpen()).isTrue();
        assertThat(world.agent.cutOff()).isEqualTo(1);
        world.run(200);
        assertThat(client.closed).isEqualTo(StreamEnd.LINK_LOST);
        assertThat(client.message).contains("not back within 20 s");
        assertThat(target.closed).isEqualTo(StreamEnd.LINK_LOST);
        world.isEmpty();
    }

    @Test
    void whatTheNodeHasForgottenIsLost() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.clientWire().cut();
        world.agent.endAll(StreamEnd.LINK_LOST, "the agent was restarted");
        world.linkClient();
        world.run(1_000);
        assertThat(client.closed).isEqualTo(StreamEnd.LINK_LOST);
        assertThat(client.message).contains("has kept nothing");
        world.isEmpty();
    }

    @Test
    void whyAStreamEndedWhileItWasCutOffIsTold() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.clientWire().cut();
        world.target(client).stream().reset(StreamEnd.TARGET_RESET, "the target broke off");
        world.linkClient();
        world.run(1_000);
        assertThat(client.closed).isEqualTo(StreamEnd.TARGET_RESET);
        assertThat(client.message).isEqualTo("the target broke off");
        world.isEmpty();
    }

    @Test
    void whoBreaksOffWhileCutOffTellsTheNodeLater() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.target(client).write(5_000);
        world.clientWire().cut();
        client.reset();
        assertThat(client.closed).isEqualTo(StreamEnd.CANCELLED);
        world.linkClient();
        world.run(500);
        assertThat(world.target(client).closed).isEqualTo(StreamEnd.CANCELLED);
        world.isEmpty();
    }

    @Test
    void aRightThatEndedMeanwhileEndsTheStream() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.clientWire().cut();
        world.hubRefuses = StreamEnd.RIGHT_ENDED;
        int ended = world.agent.end("s0", StreamEnd.RIGHT_ENDED, "the grant was withdrawn");
        assertThat(ended).isEqualTo(1);
        world.linkClient();
        world.run(500);
        assertThat(client.closed).isEqualTo(StreamEnd.RIGHT_ENDED);
        assertThat(world.target(client).closed).isEqualTo(StreamEnd.RIGHT_ENDED);
        world.isEmpty();
    }

    @Test
    void anOrderlyGoodByeIsToldAtOnce() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.clientWire().dialer.close(LinkEnd.CLOSED, "done");
        world.carryAll();
        assertThat(client.closed).isEqualTo(StreamEnd.CANCELLED);
        assertThat(world.target(client).closed).isEqualTo(StreamEnd.CANCELLED);
        world.isEmpty();
    }

    @Test
    void aStreamThatIsCutOffTakesALittleAndThenNoMore() {
        var world = world();
        var client = world.open("tcp");
        world.carryAll();
        world.clientWire().cut();
        while (client.stream().isWritable()) {
            client.write(10_000);
        }
        assertThat(client.written).isBetween(128L * 1024, 138L * 1024);
        world.linkClient();
        world.settle(1_000);
        assertThat(client.stream().isWritable()).isTrue();
        finish(world, client);
    }

    /// A stalled stream that fills the memory slows another one down, and does not stop it.
    @Test
    void aFullBudgetLeavesEveryStreamSomething() {
        var world = world(100_000);
        var stalled = world.open("tcp");
        var other = world.open("tcp");
        world.carryAll();
        while (stalled.stream().isWritable()) {
            stalled.write(20_000);
        }
        world.carryAll();
        assertThat(world.clientMemory.taken()).isGreaterThanOrEqualTo(100_000);
        long before = other.written;
        for (int i = 0; i < 20; i++) {
            while (other.stream().isWritable()) {
                other.write(20_000);
            }
            world.run(50);
            world.target(other).consume(Integer.MAX_VALUE);
            world.run(50);
        }
        assertThat(other.written - before).isGreaterThan(500_000);
        world.settle(500);
        other.end();
        world.target(other).end();
        finish(world, stalled);
    }

    /// A reader that consumes nothing gets a first window with each link; that is bounded too.
    @Test
    void cutsCannotMakeASideHoldMoreThanItsMemory() {
        var world = world(200_000);
        var client = world.open("tcp");
        world.carryAll();
        var target = world.target(client);
        for (int i = 0; i < 20 && client.isOpen(); i++) {
            while (client.stream().isWritable()) {
                client.write(30_000);
            }
            world.run(300);
            world.clientWire().cut();
            world.linkClient();
            world.run(300);
        }
        assertThat(target.closed).isEqualTo(StreamEnd.LINK_LOST);
        assertThat(target.unconsumed).isLessThan(200_000 + 2 * 32_768);
        target.consume(Integer.MAX_VALUE);
        world.run(1_000);
        assertThat(client.isOpen()).isFalse();
        world.isEmpty();
    }
}
