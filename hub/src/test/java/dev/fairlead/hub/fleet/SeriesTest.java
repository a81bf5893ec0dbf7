package dev.fairlead.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NullUnmarked
class SeriesTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final Duration HOUR = Duration.ofHours(1);

    private Ground ground;
    private TenantId acme;
    private Enrolled node;
    private Instant start;

    @BeforeEach
    void setUp() {
        ground = new Ground(DB.get());
        start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(HOUR.multipliedBy(3));
        ground.now.set(start);
        acme = ground.tenant("acme-" + System.nanoTime());
        node = ground.node(acme, "n", Map.of());
        // As one that has been there for long.
        superuser("update fairlead.tenant set created_at = now() - interval '1 year'");
        superuser("delete from fairlead.node_rollup_done");
    }

    @Test
    void theLeastTheMeanAndTheGreatestOfEachStepAndGapsLeftOut() {
        say(0, 0.25, 100, 1_500);
        say(30, 0.75, 300, 2_500);
        // A minute without a word.
        say(120, 0.5, 200, 2_000);
        ground.heartbeats.flush();

        var series = read(start, start.plusSeconds(300), 100);

        assertThat(series.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(series.points())
                .extracting(Series.Point::at)
                .containsExactly(start, start.plusSeconds(120));
        var first = series.points().getFirst();
        assertThat(first.samples()).isEqualTo(2);
        assertThat(first.cpu()).isEqualTo(new Series.Spread(0.25, 0.5, 0.75));
        assertThat(first.memoryUsed()).isEqualTo(new Series.Spread(100, 200, 300));
        assertThat(first.memoryTotal()).isEqualTo(1_000);
        assertThat(first.rtt()).isEqualTo(new Series.Spread(1.5, 2, 2.5));
        assertThat(first.load()).isNull();
    }

    @Test
    void stepsAreAsLongAsThePointsAllowAndNoShorterThanWhatIsKept() {
        assertThat(read(start, start.plus(HOUR), 60).step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read(start, start.plus(HOUR), 59).step()).isEqualTo(Duration.ofMinutes(2));
        var now = ground.now.get();
        assertThat(
                        read(
                                        now.minus(Duration.ofDays(7)),
                                        now.minus(Duration.ofDays(7)).plus(HOUR),
                                        1_000)
                                .step())
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(
                        read(
                                        now.minus(Duration.ofDays(80)),
                                        now.minus(Duration.ofDays(80)).plus(HOUR),
                                        1_000)
                                .step())
                .isEqualTo(HOUR);
        assertThat(read(now.minus(Duration.ofDays(90)), now, 1_000).step())
                .isEqualTo(Duration.ofHours(3));
        assertThat(read(now.minus(Duration.ofDays(90)), now, 10).step())
                .isEqualTo(Duration.ofDays(10));
    }

    @Test
    void whatWasRolledUpAndWhatWasNotYetMakeOneSeriesWithoutLossOrDoubling() {
        // Three hours at two samples a minute, of which the last minutes are not rolled up.
        for (int second = 0; second < 3 * 3_600; second += 30) {
            say(second, second % 60 == 0 ? 0.0 : 0.5, 100, 1_000);
        }
        ground.now.set(start.plus(HOUR.multipliedBy(3)).minusSeconds(100));
        ground.heartbeats.rollUp();
        // Once more, and after a hub that stopped before it had written how far it was.
        superuser("update fairlead.node_rollup_done set until = until - interval '2 hours'");
        ground.heartbeats.rollUp();
        ground.heartbeats.rollUp();
        assertThat(count("5m")).isEqualTo(35);
        assertThat(count("1h")).isEqualTo(2);

        // Seen from two and from twenty days later, while the samples are still there.
        for (int days : new int[] {0, 2, 20}) {
            ground.now.set(start.plus(Duration.ofDays(days)).plus(HOUR.multipliedBy(3)));
            var points = read(start, start.plus(HOUR.multipliedBy(3)), 10).points();
            assertThat(points.stream().mapToLong(Series.Point::samples).sum()).isEqualTo(360);
            assertThat(points)
                    .allSatisfy(point -> {
                        assertThat(point.cpu().min()).isZero();
                        assertThat(point.cpu().mean()).isCloseTo(0.25, within(0.001));
                        assertThat(point.cpu().max()).isEqualTo(0.5);
                    });
        }
    }

    @Test
    void aHubThatWasOffMakesUpForWhatItMissed() {
        say(0, 0.5, 100, 1_000);
        ground.heartbeats.flush();
        ground.now.set(start.plus(HOUR.multipliedBy(20)));
        ground.heartbeats.rollUp();
        assertThat(count("5m")).isEqualTo(1);
        assertThat(count("1h")).isEqualTo(1);
    }

    @Test
    void aClockThatWasAheadHoldsUpNothing() {
        say(0, 0.5, 100, 1_000);
        ground.heartbeats.flush();
        ground.now.set(start.plus(Duration.ofDays(400)));
        say(400 * 86_400, 0.5, 100, 1_000);
        ground.heartbeats.flush();
        ground.heartbeats.rollUp();
        ground.now.set(start);
        ground.heartbeats.keep();
        ground.now.set(start.plus(HOUR.multipliedBy(2)));
        ground.heartbeats.rollUp();
        assertThat(count("1h")).isEqualTo(1);
        assertThat(read(start, start.plus(HOUR), 10).points()).hasSize(1);
    }

    @Test
    void roomIsMadeForTheDayThatItIs() {
        ground.now.set(start.plus(Duration.ofDays(12)));
        say(12 * 86_400, 0.5, 100, 1_000);
        ground.heartbeats.flush();
        assertThat(ground.heartbeats.page(acme, node.node(), null, null, 10)).hasSize(1);
        ground.now.set(start);
        ground.heartbeats.keep();
    }

    @Test
    void whatCannotBeAskedIsSaid() {
        var now = ground.now.get();
        var wrong = new ArrayList<Instant[]>();
        wrong.add(new Instant[] {now, now});
        wrong.add(new Instant[] {now, now.minusSeconds(60)});
        wrong.add(new Instant[] {now.minus(Duration.ofDays(92)), now});
        wrong.add(new Instant[] {now, now.plus(Duration.ofDays(2))});
        wrong.forEach(range ->
                assertThatThrownBy(() -> read(range[0], range[1], 100))
                        .isInstanceOfSatisfying(
                                Rejected.class,
                                e ->
                                        assertThat(e.code())
                                                .isEqualTo(Rejected.Code.INVALID_REQUEST)));
    }

    private Series read(Instant since, Instant until, int points) {
        return ground.heartbeats.series(acme, node.node(), since, until, points);
    }

    private void say(int second, double cpu, long memory, int rttMicros) {
        var before = ground.now.get();
        ground.now.set(start.plusSeconds(second));
        ground.heartbeats.take(
                acme,
                node.node(),
                """
                {"cpu": %s, "memoryTotal": 1000, "memoryUsed": %d, "rttMicros": %d}\
                """
                        .formatted(cpu, memory, rttMicros)
                        .getBytes(StandardCharsets.UTF_8));
        ground.now.set(before.isAfter(ground.now.get()) ? before : ground.now.get());
    }

    private int count(String step) {
        return DB.get()
                .inTenant(
                        acme,
                        tx ->
                                tx.handle()
                                        .createQuery("select count(*) from node_rollup_" + step)
                                        .mapTo(Integer.class)
                                        .one());
    }

    private static void superuser(String statement) {
        try (var connection = DB.superuser();
                var s = connection.createStatement()) {
            s.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
