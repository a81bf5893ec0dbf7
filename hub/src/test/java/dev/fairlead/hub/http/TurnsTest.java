package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who begins TLS when.
class TurnsTest {

    private final Turns turns = new Turns(2, 5);
    private final List<String> begun = new ArrayList<>();
    private final List<String> turnedAway = new ArrayList<>();

    private final class One implements Turns.Waiting {

        private final String name;
        private boolean there = true;

        One(String name) {
            this.name = name;
        }

        @Override
        public boolean isThere() {
            return there;
        }

        @Override
        public void begin() {
            begun.add(name);
        }

        @Override
        public void turnAway() {
            turnedAway.add(name);
        }
    }

    private One person(String name) {
        var one = new One(name);
        turns.comes(one, false);
        return one;
    }

    private One node(String name) {
        var one = new One(name);
        turns.comes(one, true);
        return one;
    }

    @Test
    void peoplePassAFleetAndEachKindIsInTheOrderInWhichItCame() {
        node("node 1");
        node("node 2");
        node("node 3");
        node("node 4");
        person("person 1");
        person("person 2");
        person("person 3");
        assertThat(begun).containsExactly("node 1", "node 2", "person 1", "person 2");
        assertThat(turns.underWay()).isEqualTo(4);
        assertThat(turns.waiting()).isEqualTo(3);
        assertThat(turns.waits()).isEqualTo(3);
        turns.finished(true);
        turns.finished(false);
        turns.finished(true);
        assertThat(begun.subList(4, 7)).containsExactly("node 3", "person 3", "node 4");
    }

    @Test
    void soManyOfEachKindMayWait() {
        for (int i = 1; i <= 8; i++) {
            node("node " + i);
        }
        person("person");
        assertThat(turnedAway).containsExactly("node 8");
        assertThat(begun).containsExactly("node 1", "node 2", "person");
        turns.finished(true);
        node("node 9");
        assertThat(turnedAway).containsExactly("node 8");
    }

    @Test
    void whoeverIsInAndDoesNothingOneMoreOfEachKindIsLetInAfterAPause() {
        person("slow 1");
        person("slow 2");
        person("person 1");
        person("person 2");
        node("slow 3");
        node("slow 4");
        node("node 1");
        node("node 2");
        assertThat(turns.pause()).isTrue();
        assertThat(begun).hasSize(6).endsWith("person 1", "node 1");
        assertThat(turns.pause()).isFalse();
        assertThat(begun).hasSize(8).endsWith("person 2", "node 2");
        assertThat(turns.underWay()).isEqualTo(8);
    }

    @Test
    void ofLinksAsManyAreUnderWayAsTheEventLoopsTakeInTime() {
        var many = new Turns(100, 1_000);
        Runnable aNode = () -> many.comes(new One("node"), true);
        for (int i = 0; i < 200; i++) {
            aNode.run();
        }
        assertThat(begun).hasSize(32);
        for (int i = 0; i < 100; i++) {
            many.began(1_000_000);
        }
        many.finished(true);
        assertThat(many.underWay()).isEqualTo(57);
        for (int i = 0; i < 1_000; i++) {
            many.began(1_000_000);
        }
        many.finished(true);
        assertThat(many.underWay()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            many.began(200_000_000);
        }
        for (int i = 0; i < 69; i++) {
            many.finished(true);
        }
        assertThat(many.underWay()).isEqualTo(32);
        int before = begun.size();
        for (int i = 0; i < 20; i++) {
            many.pause();
        }
        assertThat(begun).hasSize(before + 2);
    }

    @Test
    void ofLinksFewerAreUnderWayWhilePeopleWaitForThreads() {
        var many = new Turns(100, 1_000);
        for (int i = 0; i < 300; i++) {
            many.comes(new One("node"), true);
        }
        for (int i = 0; i < 1_000; i++) {
            many.began(1_000_000);
        }
        many.finished(true);
        assertThat(many.underWay()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            many.started(200_000_000);
        }
        for (int i = 0; i < 74; i++) {
            many.finished(true);
        }
        assertThat(many.underWay()).isEqualTo(32);
        int before = begun.size();
        for (int i = 0; i < 20; i++) {
            many.pause();
        }
        assertThat(begun).hasSize(before + 2);
        many.started(1_000_000);
        many.pause();
        assertThat(begun).hasSize(before + 3);
    }

    @Test
    void whoHasHungUpTakesNoTurn() {
        node("node 1");
        node("node 2");
        var gone = node("gone");
        node("node 3");
        gone.there = false;
        turns.finished(true);
        assertThat(begun).containsExactly("node 1", "node 2", "node 3");
        assertThat(turnedAway).containsExactly("gone");
    }

    @Test
    void whenTheHubStopsNobodyHasATurn() {
        person("person 1");
        person("person 2");
        person("waits");
        turns.shut();
        person("late");
        turns.finished(false);
        assertThat(begun).containsExactly("person 1", "person 2");
        assertThat(turnedAway).containsExactly("waits", "late");
        assertThat(turns.waiting()).isZero();
    }
}
