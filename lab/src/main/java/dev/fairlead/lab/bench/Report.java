package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Medians as a Markdown table: a row per figure, a column per system, Fairlead's ratio to the best
/// peer that has two hops as well, and what is wanted.
final class Report {

    private static final String RATIO = "Fairlead / best peer";
    private static final String DIRECT = "direct";
    private static final String OPENSSH = "OpenSSH";

    private final List<Tunnel> systems;
    private final List<Tunnel> missing;
    private final List<Measured> measured;

    /// @param systems that were measured
    /// @param missing that are not installed, or did not hold
    Report(List<Tunnel> systems, List<Tunnel> missing, List<Measured> measured) {
        this.systems = systems;
        this.missing =
                missing.stream()
                        .filter(peer -> !EarlierRun.toOpenSsh(peer.name()).isEmpty())
                        .filter(_ -> systems.stream().anyMatch(one -> one.name().equals(OPENSSH)))
                        .toList();
        this.measured = measured;
    }

    private double median(String system, Figure figure) {
        return switch (figure) {
            case ECHO_P50_ADDED ->
                    median(system, Figure.ECHO_P50) - median(DIRECT, Figure.ECHO_P50);
            case ECHO_P99_ADDED ->
                    median(system, Figure.ECHO_P99) - median(DIRECT, Figure.ECHO_P99);
            default -> {
                double[] values = of(system, figure).mapToDouble(Measured::value).toArray();
                yield values.length == 0 ? byRatio(system, figure) : middle(values);
            }
        };
    }

    private double byRatio(String system, Figure figure) {
        Double ratio = EarlierRun.toOpenSsh(system).get(figure);
        return ratio == null ? Double.NaN : ratio * median(OPENSSH, figure);
    }

    /// The median.
    static double middle(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    String table() {
        var shown = new ArrayList<Tunnel>(systems);
        shown.addAll(missing);
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        shown.forEach(system -> head.add(heading(system)));
        others().forEach(other -> head.add(FairleadItself.NAME + " / " + other.name()));
        head.add(RATIO);
        head.add("wanted");
        rows.add(head);
        for (var figure : Figure.values()) {
            if (measured.stream().noneMatch(one -> one.figure() == figure.measured())) {
                continue;
            }
            List<String> row = new ArrayList<>(List.of(figure.label()));
            shown.forEach(system -> row.add(number(median(system.name(), figure))));
            others().forEach(other -> row.add(paired(other.name(), figure)));
            row.add(ratio(figure));
            row.add(wanted(figure));
            rows.add(row);
        }
        String note =
                missing.isEmpty()
                        ? ""
                        : "\n"
                                + EarlierRun.MARK
                                + " not measured here: OpenSSH's figure of this run times what the peer was to OpenSSH in an earlier run with both.\n";
        return markdown(rows) + note + resumption();
    }

    /// Other builds of Fairlead.
    private List<Tunnel> others() {
        return systems.stream()
                .filter(system -> system.name().startsWith(FairleadItself.NAME))
                .filter(system -> !system.name().equals(FairleadItself.NAME))
                .filter(system -> !system.name().equals(FairleadItself.PLAIN))
                .toList();
    }

    private String paired(String other, Figure figure) {
        double ratio = pairedRatio(other, figure);
        return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    /// The median of the rounds' ratios: what else the machine did in a round, both had beside
    /// them. NaN where one of them was not measured.
    private double pairedRatio(String other, Figure figure) {
        double[] ratios =
                of(FairleadItself.NAME, figure)
                        .flatMapToDouble(own ->
                                of(other, figure)
                                        .filter(its -> its.round() == own.round())
                                        .mapToDouble(its -> own.value() / its.value()))
                        .toArray();
        return ratios.length == 0 ? Double.NaN : middle(ratios);
    }

    private Stream<Measured> of(String system, Figure figure) {
        if (figure != figure.measured()) {
            return addedToDirect(system, figure);
        }
        return measured.stream()
                .filter(one -> one.system().equals(system) && one.figure() == figure);
    }

    private Stream<Measured> addedToDirect(String system, Figure figure) {
        return of(system, figure.measured())
                .flatMap(one ->
                        of(DIRECT, figure.measured())
                                .filter(direct -> direct.round() == one.round())
                                .map(direct ->
                                        new Measured(
                                                system,
                                                one.round(),
                                                figure,
                                                one.value() - direct.value())));
    }

    private String heading(Tunnel system) {
        return system.name()
                + (system.hops() == 1 ? " (one hop)" : "")
                + (missing.contains(system) ? EarlierRun.MARK : "");
    }

    private static String wanted(Figure figure) {
        var wanted = figure.wanted();
        return Double.isNaN(wanted.bound())
                ? ""
                : (figure.moreIsBetter() ? ">= " : "<= ")
                        + number(wanted.bound())
                        + (wanted.ofBestPeer() ? " x" : "");
    }

    /// What it costs that streams live through a cut link.
    private String resumption() {
        double cpu = pairedRatio(FairleadItself.PLAIN, Figure.DOWN_CPU);
        return Double.isNaN(cpu)
                ? ""
                : String.format(
                        Locale.ROOT,
                        "\nResumable / plain: CPU-s/GB down %.2f, up %.2f; echo p50 %.2f (wanted: <= 1.10 each)\n",
                        cpu,
                        pairedRatio(FairleadItself.PLAIN, Figure.UP_CPU),
                        pairedRatio(FairleadItself.PLAIN, Figure.ECHO_P50));
    }

    /// Draws those that encrypt and are here.
    void plot(Path folder) throws IOException {
        Plots.write(
                folder,
                systems.stream()
                        .filter(system -> system.hops() > 0)
                        .map(Tunnel::name)
                        .filter(name -> !name.equals(FairleadItself.PLAIN))
                        .toList(),
                this::median);
    }

    private String ratio(Figure figure) {
        double own = median(FairleadItself.NAME, figure);
        Comparator<Tunnel> order =
                Comparator.comparingDouble(system -> median(system.name(), figure));
        var peers =
                Stream.concat(systems.stream(), missing.stream())
                        .filter(Tunnel::isPeer)
                        .filter(system -> !Double.isNaN(median(system.name(), figure)));
        var best = figure.moreIsBetter() ? peers.max(order) : peers.min(order);
        if (best.isEmpty() || Double.isNaN(own)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%.2f (%s)",
                own / median(best.get().name(), figure),
                best.get().name() + (missing.contains(best.get()) ? EarlierRun.MARK : ""));
    }

    /// The same figures beside those that a document states.
    String beside(Path document) throws IOException {
        var stated = stated(document);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Fairlead", "today", document.getFileName().toString(), "today / stated"));
        for (var figure : Figure.values()) {
            double today = median(FairleadItself.NAME, figure);
            Double then = stated.get(figure);
            rows.add(
                    List.of(
                            figure.label(),
                            number(today),
                            then == null ? "" : number(then),
                            then == null ? "" : String.format(Locale.ROOT, "%.2f", today / then)));
        }
        return markdown(rows);
    }

    /// Fairlead's column of the document's table.
    private static Map<Figure, Double> stated(Path document) throws IOException {
        Map<Figure, Double> stated = new EnumMap<>(Figure.class);
        if (!Files.exists(document)) {
            return stated;
        }
        int column = -1;
        for (String line : Files.readAllLines(document)) {
            var cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
            if (cells.contains(RATIO)) {
                column = cells.indexOf(FairleadItself.NAME);
            } else if (column > 0 && cells.size() > column) {
                for (var figure : Figure.values()) {
                    if (cells.get(1).equals(figure.label())) {
                        stated.put(figure, Double.valueOf(cells.get(column)));
                    }
                }
            }
        }
        return stated;
    }

    /// A row for each figure: what was found, what is wanted, and how near that is.
    static String bounded(String heading, Map<? extends Bounded, Double> found) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(heading, FairleadItself.NAME, "wanted", "measured / wanted"));
        found.forEach((figure, value) -> {
            boolean open = Double.isNaN(figure.most());
            rows.add(
                    List.of(
                            figure.label(),
                            number(value),
                            open ? "" : "<= " + Math.round(figure.most()),
                            open ? "" : String.format(Locale.ROOT, "%.2f", value / figure.most())));
        });
        return markdown(rows);
    }

    static String number(double value) {
        return Double.isNaN(value)
                ? "-"
                : String.format(
                        Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    static String markdown(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            text.append(line(rows.get(r), widths));
            if (r == 0) {
                text.append(
                        Arrays.stream(widths)
                                .mapToObj("-"::repeat)
                                .collect(Collectors.joining(" | ", "| ", " |\n")));
            }
        }
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder("|");
        for (int i = 0; i < cells.size(); i++) {
            String pad = " ".repeat(widths[i] - cells.get(i).length());
            line.append(' ').append(i == 0 ? cells.get(i) + pad : pad + cells.get(i)).append(" |");
        }
        return line.append('\n').toString();
    }
}
