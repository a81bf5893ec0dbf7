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

/// Medians as a Markdown table: a row per figure, a column per system, and Fairlead's ratio to the
/// best peer that has two hops as well.
final class Report {

    private static final String RATIO = "Fairlead / best peer";

    private final List<Tunnel> systems;
    private final List<Measured> measured;

    Report(List<Tunnel> systems, List<Measured> measured) {
        this.systems = systems;
        this.measured = measured;
    }

    private double median(String system, Figure figure) {
        double[] values =
                measured.stream()
                        .filter(one -> one.system().equals(system) && one.figure() == figure)
                        .mapToDouble(Measured::value)
                        .sorted()
                        .toArray();
        int middle = values.length / 2;
        return values.length == 0
                ? Double.NaN
                : values.length % 2 == 1
                        ? values[middle]
                        : (values[middle - 1] + values[middle]) / 2;
    }

    String table() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        systems.forEach(
                system -> head.add(system.name() + (system.hops() == 1 ? " (one hop)" : "")));
        head.add(RATIO);
        rows.add(head);
        for (var figure : Figure.values()) {
            List<String> row = new ArrayList<>(List.of(figure.label()));
            systems.forEach(system -> row.add(number(median(system.name(), figure))));
            row.add(ratio(figure));
            rows.add(row);
        }
        return markdown(rows);
    }

    private String ratio(Figure figure) {
        double own = median(FairleadItself.NAME, figure);
        var peers =
                systems.stream()
                        .filter(system ->
                                system.hops() == 2 && !system.name().equals(FairleadItself.NAME))
                        .filter(system -> !Double.isNaN(median(system.name(), figure)));
        Comparator<Tunnel> order =
                Comparator.comparingDouble(system -> median(system.name(), figure));
        var best = figure.moreIsBetter() ? peers.max(order) : peers.min(order);
        if (best.isEmpty() || Double.isNaN(own)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%.2f (%s)",
                own / median(best.get().name(), figure),
                best.get().name());
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
