package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.lab.Faults.Fault;
import dev.fairlead.lab.Faults.HubFault;
import dev.fairlead.lab.Faults.SiteFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of fault, again and again, under streams that live through them: real programs, and
/// bytes that are checked at both ends. Each run has a seed, from which its moments follow;
/// `-Dfairlead.seed=N` repeats them all. By `./check --long` 40 runs of each kind; with
/// `-Dfairlead.faults=true` two; the table is in `target/faults.md`.
@Timeout(7_200)
@Tag("long")
@EnabledIf("isAsked")
@SuppressWarnings("NullAway.Init")
class FaultsTest {

    private static final boolean LONG = LongRun.isAsked();
    private static final int SITES = LONG ? 4 : 2;
    private static final int ROUNDS = LONG ? 10 : 1;
    private static final int HUB_RUNS = LONG ? 40 : 2;
    private static final long SEED = Long.getLong("fairlead.seed", new SecureRandom().nextInt());

    @TempDir static Path folder;
    private static Lab lab;
    private static HubUnderFaults hub;
    private static final FaultTable TABLE = new FaultTable();
    private static final ConcurrentLinkedQueue<String> WRONG = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws Exception {
        System.out.println("FaultsTest: seed " + SEED);
        lab = new Lab(folder);
        var sites = new ArrayList<Site>();
        for (int i = 0; i < SITES; i++) {
            sites.add(new Site(lab, "site" + i, SEED + i));
        }
        hub = new HubUnderFaults(lab, sites);
        together(Site::start);
    }

    @AfterAll
    static void stop() throws Exception {
        for (var site : hub.sites()) {
            site.close();
        }
        hub.kill();
        lab.startHub();
        lab.close();
    }

    /// By `./check --long`, or as a sample by `-Dfairlead.faults=true`.
    static boolean isAsked() {
        return LONG || Boolean.getBoolean("fairlead.faults");
    }

    @FunctionalInterface
    private interface OnSite {
        void accept(Site site) throws Exception;
    }

    private static void together(OnSite what) {
        var all =
                hub.sites().stream()
                        .map(site ->
                                CompletableFuture.runAsync(
                                        () -> {
                                            try {
                                                what.accept(site);
                                            } catch (Exception e) {
                                                throw new IllegalStateException(e);
                                            }
                                        },
                                        task -> Thread.ofVirtual().name(site.name).start(task)))
                        .toList();
        all.forEach(CompletableFuture::join);
    }

    @Test
    void everyStreamLivesThroughEveryFault() throws Exception {
        LongRun.prove("faults", FaultsTest::faults);
    }

    private static String faults() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int number = round;
            together(site -> {
                var kinds = new ArrayList<>(Faults.OF_SITES);
                if (!LONG) {
                    // Half a minute each; SilentPartiesTest has a sample of them.
                    kinds.removeIf(SiteFault::silent);
                }
                Collections.shuffle(kinds, new Random(site.random().nextLong()));
                for (var kind : kinds) {
                    strike(kind, site, seed(kind, site.name, number));
                }
            });
        }
        for (int run = 0; run < HUB_RUNS; run++) {
            for (var kind : Faults.OF_HUB) {
                strike(kind, seed(kind, "hub", run));
            }
        }
        together(site -> WRONG.addAll(site.end()));

        Files.writeString(Path.of("target", "faults.md"), TABLE.text());
        System.out.println(TABLE.text());
        assertThat(WRONG).isEmpty();
        return "%d runs of %d kinds, seed %d"
                .formatted(TABLE.runs(), Faults.OF_SITES.size() + Faults.OF_HUB.size(), SEED);
    }

    private static long seed(Fault kind, String where, int run) {
        return SEED * 31 + (kind.name() + where + run).hashCode();
    }

    private static void strike(SiteFault kind, Site site, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var run = new Run(kind, List.of(site), seed);
        run.begin(random);
        kind.what().strike(site, random);
        run.end();
    }

    private static void strike(HubFault kind, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var run = new Run(kind, hub.sites(), seed);
        run.begin(random);
        kind.what().strike(hub, random);
        run.end();
    }

    /// One fault, with the streams that it strikes.
    private static final class Run {

        private final Fault kind;
        private final List<Site> sites;
        private final String name;
        private final List<CheckedStream> lasting;
        private final List<CheckedConnection> passing = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();

        Run(Fault kind, List<Site> sites, long seed) {
            this.kind = kind;
            this.sites = sites;
            this.name = kind.name() + " (seed " + seed + ")";
            this.lasting = sites.stream().flatMap(site -> site.streams().stream()).toList();
        }

        /// Opens streams whose ends are on their way when the fault strikes, or shortly after.
        void begin(SplittableRandom random) throws Exception {
            lasting.forEach(CheckedStream::longestPause);
            for (var site : sites) {
                for (int i = 0; i < 2; i++) {
                    var one = site.connectSooner();
                    passing.add(one);
                    int from = random.nextInt(600);
                    Thread.ofVirtual()
                            .start(() -> {
                                LockSupport.parkNanos(from * 1_000_000L);
                                one.streams().forEach(CheckedStream::end);
                            });
                }
            }
            Faults.pass(random, 50, 400);
        }

        void end() throws Exception {
            switch (kind.streams()) {
                case GO_ON -> goOn();
                case END_WITH_AGENT -> endWithAgent();
                case END_WITH_CLIENT -> endWithClient();
            }
            var bytes = all().filter(stream -> stream.wrong() != null).toList();
            var pause =
                    lasting.stream()
                            .map(CheckedStream::longestPause)
                            .max(Duration::compareTo)
                            .orElse(Duration.ZERO);
            for (var one : passing) {
                one.close();
            }
            if (!problems.isEmpty() || kind.streams() != Faults.Streams.GO_ON) {
                for (var site : sites) {
                    site.stop();
                    site.start();
                }
            }
            for (var site : sites) {
                try (var fresh = site.connectSooner()) {
                    if (!fresh.end(Site.PATIENCE)) {
                        problems.add("a new connection does not work: " + fresh.streams());
                    }
                }
            }
            TABLE.add(
                    kind.name(),
                    lasting.size() + 2 * passing.size(),
                    problems.isEmpty(),
                    bytes.size(),
                    pause);
            problems.forEach(problem -> WRONG.add(name + ": " + problem));
        }

        private Stream<CheckedStream> all() {
            return Stream.concat(
                    lasting.stream(), passing.stream().flatMap(one -> one.streams().stream()));
        }

        /// All that was sent when the fault was over has arrived, and what ended has ended.
        private void goOn() throws Exception {
            long until = System.nanoTime() + Site.PATIENCE.toNanos();
            for (var stream : lasting) {
                long mark = stream.sent();
                while (stream.received() < mark
                        && stream.problems().isEmpty()
                        && System.nanoTime() < until) {
                    LockSupport.parkNanos(5_000_000);
                }
                if (stream.received() < mark && stream.problems().isEmpty()) {
                    problems.add("does not go on: " + stream);
                }
            }
            for (var one : passing) {
                if (!one.end(Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime())))) {
                    problems.add("does not end: " + one.streams());
                }
            }
            all().forEach(stream -> problems.addAll(stream.problems()));
            if (!problems.isEmpty()) {
                for (var site : sites) {
                    problems.add(site.said());
                }
            }
        }

        /// Its targets' sockets were closed by the kernel; people must hear the truth.
        private void endWithAgent() throws Exception {
            for (var site : sites) {
                for (var connection : site.connections()) {
                    mustBreak(connection.streams().getLast());
                }
                for (var program : site.programs()) {
                    int exit = program.end(Site.PATIENCE);
                    if (exit != 255) {
                        problems.add("exit " + exit + " of " + program.stream());
                    }
                }
            }
        }

        private void mustBreak(CheckedStream stream) throws InterruptedException {
            if (!stream.awaitOver(Site.PATIENCE) || stream.broken() == null) {
                problems.add("not broken: " + stream);
            }
            if (stream.cutShort() != null) {
                problems.add(stream.cutShort());
            }
        }

        /// The kernel closed its sockets too; no target must take it for an end.
        private void endWithClient() {
            for (var site : sites) {
                for (var connection : site.connections()) {
                    var up = connection.streams().getFirst();
                    if (up.cutShort() != null) {
                        problems.add(up.cutShort());
                    }
                }
                for (var program : site.programs()) {
                    problems.addAll(program.stream().problems());
                }
            }
        }
    }
}
