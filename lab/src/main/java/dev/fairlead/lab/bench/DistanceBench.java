package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One stream through a path of 500 Mbit/s with a long round trip, between the user and the hub:
/// `./bench --only distance`. Raw TCP goes through the same path for comparison.
final class DistanceBench {

    static final String NAME = "distance";

    private static final long MEGABITS = 500;
    private static final int WARM_UP_MILLIS = 5_000;

    /// Long enough that the beginning, in which nobody knows the path yet, is not all of it.
    private static final int MILLIS = 8_000;

    private static final double WANTED = 0.9;

    /// @param raw MB/s of TCP alone
    /// @param fairlead MB/s
    record Found(double raw, double fairlead) {}

    private DistanceBench() {}

    static Map<DistanceFigure, List<Found>> run(int rounds, String launcher, Path folder)
            throws IOException, InterruptedException {
        Map<DistanceFigure, List<Found>> found = new EnumMap<>(DistanceFigure.class);
        try (var programs = new Programs(folder.resolve(NAME));
                var targets = new Worker(Targets.class);
                var load = new Worker(Load.class)) {
            String[] told = targets.line().split(" ");
            var behind =
                    new Ports(
                            Integer.parseInt(told[0]),
                            Integer.parseInt(told[1]),
                            Integer.parseInt(told[2]));
            Bench.say("starting Fairlead for the distance");
            var near = FairleadItself.tunnel(launcher).starter().start(programs, behind);
            load.ask("down " + near.source() + " 1 " + WARM_UP_MILLIS);
            load.ask("up " + near.sink() + " 1 " + WARM_UP_MILLIS);
            for (int roundTrip : new int[] {50, 100}) {
                at(roundTrip, rounds, launcher, programs, behind, load, found);
            }
        }
        return found;
    }

    private static void at(
            int roundTrip,
            int rounds,
            String launcher,
            Programs programs,
            Ports behind,
            Worker load,
            Map<DistanceFigure, List<Found>> found)
            throws IOException, InterruptedException {
        var home = Files.createDirectories(programs.file("home-" + roundTrip));
        Map<String, Integer> raw = new LinkedHashMap<>();
        try (var source = shaper(behind.source(), roundTrip);
                var sink = shaper(behind.sink(), roundTrip);
                var hub = shaper(FairleadItself.hubPort(programs), roundTrip)) {
            raw.put("down", port(source));
            raw.put("up", port(sink));
            FairleadItself.copyProfile(programs, home, port(hub));
            var far =
                    FairleadItself.forward(
                            launcher, programs, "forward-" + roundTrip, home, behind);
            Map<String, Integer> own = Map.of("down", far.source(), "up", far.sink());
            for (int round = 1; round <= rounds; round++) {
                for (var figure : DistanceFigure.values()) {
                    if (figure.roundTripMillis() != roundTrip) {
                        continue;
                    }
                    Bench.say("round " + round + " of " + rounds + ": " + figure.label());
                    String way = figure.direction();
                    found.computeIfAbsent(figure, _ -> new ArrayList<>())
                            .add(new Found(rate(load, way, raw), rate(load, way, own)));
                }
            }
        }
    }

    private static double rate(Worker load, String way, Map<String, Integer> ports)
            throws IOException {
        return load.ask(way + " " + ports.get(way) + " 1 " + MILLIS).need("rate") / 1e6;
    }

    private static Worker shaper(int behind, int roundTrip) throws IOException {
        return new Worker(
                Shaper.class,
                List.of(),
                Integer.toString(behind),
                Integer.toString(roundTrip),
                Long.toString(MEGABITS));
    }

    private static int port(Worker shaper) throws IOException {
        return Integer.parseInt(shaper.line());
    }

    static String table(Map<DistanceFigure, List<Found>> found) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("500 Mbit/s", "Fairlead", "raw TCP", "Fairlead / raw", "wanted"));
        found.forEach((figure, all) -> {
            double fairlead = Report.middle(all.stream().mapToDouble(Found::fairlead).toArray());
            double raw = Report.middle(all.stream().mapToDouble(Found::raw).toArray());
            rows.add(
                    List.of(
                            figure.label(),
                            Report.number(fairlead),
                            Report.number(raw),
                            String.format(Locale.ROOT, "%.2f", fairlead / raw),
                            ">= " + WANTED));
        });
        return Report.markdown(rows);
    }
}
