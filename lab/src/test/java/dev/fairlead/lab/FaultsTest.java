package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.lab.Faults.Fault;
import dev.fairlead.link.LongRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of fault, again and again, under streams that live through them: real programs, and
/// bytes that are checked at both ends. Each run has a seed, from which its moments follow;
/// `-Dfairlead.seed=N` repeats them all. By `./check --long` 40 runs of each kind, else two of each
/// that costs little; the table is in `target/faults.md`.
///
/// `-Dfairlead.faults.runs=N` and `-Dfairlead.faults.kinds=REGEX` say how many of which.
@Timeout(7_200)
@Tag("long")
class FaultsTest {

    private static final boolean LONG = LongRun.isAsked();
    private static final int LABS = LONG ? 2 : 1;
    private static final int SITES = LONG ? 4 : 2;
    private static final int RUNS = Integer.getInteger("fairlead.faults.runs", LONG ? 40 : 2);
    private static final String KINDS = System.getProperty("fairlead.faults.kinds", "");
    private static final long SEED = Long.getLong("fairlead.seed", new SecureRandom().nextInt());

    /// So that those kinds are soon over of which nobody is told.
    private static final String SOON_DEAD =
            "limits: {link: {ping-seconds: 1, silence-seconds: 4}}\n";

    @TempDir Path folder;
    private final FaultTable table = new FaultTable();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void everyStreamLivesThroughEveryFault() throws Exception {
        LongRun.prove("faults", this::faults);
    }

    private String faults() throws Exception {
        System.out.println("FaultsTest: seed " + SEED);
        long begun = System.nanoTime();
        // The database of a lab in it runs as another account.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            together(IntStream.range(0, LABS).boxed().toList(), this::inLab);
        } finally {
            Files.writeString(Path.of("target", "faults.md"), table.text());
            System.out.println(table.text());
        }
        assertThat(wrong).isEmpty();
        return "%,d runs of %d kinds on %,d streams in %d min, seed %d"
                .formatted(
                        table.runs(),
                        table.kinds(),
                        table.streams(),
                        Duration.ofNanos(System.nanoTime() - begun).toMinutes(),
                        SEED);
    }

    private void inLab(int number) throws Exception {
        try (var lab = new Lab(Files.createDirectory(folder.resolve("lab" + number)))) {
            var sites = new ArrayList<Site>();
            for (int i = 0; i < SITES; i++) {
                var name = "site" + number + i;
                sites.add(new Site(lab, name, SEED + name.hashCode()));
            }
            try (var hub = new HubUnderFaults(lab, sites, SOON_DEAD)) {
                together(sites, Site::start);
                together(sites, this::strikeSite);
                strikeHub(hub, number);
                together(sites, site -> wrong.addAll(site.end()));
            } finally {
                together(sites, Site::close);
            }
        }
    }

    /// Everything that can go wrong around one site, while the others live on.
    private void strikeSite(Site site) throws Exception {
        for (int round = 0; round < Math.ceilDiv(RUNS, LABS * SITES); round++) {
            var kinds = asked(Faults.OF_SITES);
            Collections.shuffle(kinds, new Random(site.random().nextLong()));
            for (var kind : kinds) {
                var run = new Run(kind, List.of(site), seed(kind, site.name, round));
                run.strike(random -> kind.what().strike(site, random));
            }
        }
    }

    private void strikeHub(HubUnderFaults hub, int lab) throws Exception {
        for (int round = 0; round < Math.ceilDiv(RUNS, LABS); round++) {
            for (var kind : asked(Faults.OF_HUB)) {
                var run = new Run(kind, hub.sites(), seed(kind, "hub" + lab, round));
                run.strike(random -> kind.what().strike(hub, random));
            }
        }
    }

    private static <T extends Fault> List<T> asked(List<T> all) {
        var kinds = new ArrayList<>(all);
        kinds.removeIf(
                kind -> KINDS.isEmpty() ? !LONG && !kind.isCheap() : !kind.name().matches(KINDS));
        return kinds;
    }

    private static long seed(Fault kind, String where, int round) {
        return SEED * 31 + (kind.name() + where + round).hashCode();
    }

    @FunctionalInterface
    private interface Doing<T> {
        void accept(T of) throws Exception;
    }

    private static <T> void together(List<T> all, Doing<T> what) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var doing = new ArrayList<Future<?>>();
            for (var one : all) {
                doing.add(
                        threads.submit(() -> {
                            what.accept(one);
                            return null;
                        }));
            }
            for (var one : doing) {
                one.get();
            }
        }
    }

    /// One fault, with the streams that it strikes.
    private final class Run {

        private final Fault kind;
        private final List<Site> sites;
        private final String name;
        private final List<CheckedStream> lasting;
        private final List<CheckedConnection> passing = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final long seed;

        Run(Fault kind, List<Site> sites, long seed) {
            this.kind = kind;
            this.sites = sites;
            this.seed = seed;
            this.name = kind.name() + " (seed " + seed + ")";
            this.lasting = sites.stream().flatMap(site -> site.streams().stream()).toList();
        }

        void strike(Doing<SplittableRandom> fault) throws Exception {
            long begun = System.nanoTime();
            var random = new SplittableRandom(seed);
            begin(random);
            fault.accept(random);
            end(begun);
        }

        /// Opens streams whose ends are on their way when the fault strikes, or shortly after.
        private void begin(SplittableRandom random) throws Exception {
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

        private void end(long begun) throws Exception {
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
            for (var site : sites) {
                if (!problems.isEmpty()) {
                    site.stop();
                } else if (kind.streams() != Faults.Streams.GO_ON) {
                    site.forgetEnded();
                }
                site.start();
                try (var fresh = site.connectSooner()) {
                    if (!fresh.end(Site.PATIENCE)) {
                        problems.add("a new connection does not work: " + fresh.streams());
                    }
                }
            }
            table.add(
                    kind.name(),
                    lasting.size() + 2 * passing.size(),
                    problems.isEmpty(),
                    bytes.size(),
                    pause,
                    Duration.ofNanos(System.nanoTime() - begun));
            if (table.runs() % 20 == 0) {
                LongRun.say("faults: " + table.runs() + " runs, " + wrong.size() + " problems");
                Files.writeString(Path.of("target", "faults.md"), table.text());
            }
            for (var problem : problems) {
                System.out.println("FaultsTest: " + name + ": " + problem);
                wrong.add(name + ": " + problem);
            }
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
