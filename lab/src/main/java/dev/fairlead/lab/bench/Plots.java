package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;

/// The medians as bars, an SVG per kind of figure: a panel for each figure, a bar for each system.
/// They follow the reader's dark or light theme.
final class Plots {

    private static final int WIDTH = 720;
    private static final int LABEL = 130;
    private static final int VALUE = 70;
    private static final int BAR = 16;
    private static final int GAP = 6;
    private static final int HEAD = 34;
    private static final int FOOT = 14;

    private static final String STYLE =
            """
            <style>
            text { font: 13px system-ui, sans-serif; fill: #1f2328; }
            .title { font-weight: 600; }
            .bar { fill: #9aa4af; }
            .own { fill: #0b6e99; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .bar { fill: #5b6673; }
              .own { fill: #4fb3d9; }
            }
            </style>
            """;

    private enum Kind {
        RATE(Figure.DOWN, Figure.UP, Figure.DOWN_64, Figure.UP_64, Figure.OPENS),
        CPU(Figure.DOWN_CPU, Figure.UP_CPU, Figure.DOWN_64_CPU, Figure.UP_64_CPU),
        LATENCY(Figure.ECHO_P50, Figure.ECHO_P99, Figure.BESIDE_P99);

        private final List<Figure> figures;

        Kind(Figure... figures) {
            this.figures = List.of(figures);
        }
    }

    private Plots() {}

    /// Writes `performance-rate.svg` and its like.
    ///
    /// @param medians by system and figure; NaN where there is none
    static void write(Path folder, List<String> systems, ToDoubleBiFunction<String, Figure> medians)
            throws IOException {
        Files.createDirectories(folder);
        for (var kind : Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            Files.writeString(
                    folder.resolve("performance-" + name + ".svg"),
                    picture(name, kind.figures, systems, medians));
        }
    }

    private static String picture(
            String name,
            List<Figure> figures,
            List<String> systems,
            ToDoubleBiFunction<String, Figure> medians) {
        int panel = HEAD + systems.size() * (BAR + GAP) + FOOT;
        int height = panel * figures.size();
        var svg =
                new StringBuilder(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s by system\">\n"
                                .formatted(WIDTH, height, name));
        svg.append(STYLE);
        int top = 0;
        for (var figure : figures) {
            panel(svg, top, figure, systems, medians);
            top += panel;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void panel(
            StringBuilder svg,
            int top,
            Figure figure,
            List<String> systems,
            ToDoubleBiFunction<String, Figure> medians) {
        svg.append(
                "<text class=\"title\" x=\"0\" y=\"%d\">%s (%s is better)</text>%n"
                        .formatted(
                                top + HEAD - GAP * 2,
                                figure.label(),
                                figure.moreIsBetter() ? "more" : "less"));
        double most =
                systems.stream()
                        .mapToDouble(system -> medians.applyAsDouble(system, figure))
                        .filter(value -> !Double.isNaN(value))
                        .max()
                        .orElse(1);
        int y = top + HEAD;
        for (String system : systems) {
            double value = medians.applyAsDouble(system, figure);
            double length = Double.isNaN(value) ? 0 : value / most * (WIDTH - LABEL - VALUE);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"0\" y=\"%d\">%s</text><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/><text x=\"%.1f\" y=\"%d\">%s</text>%n",
                            y + BAR - 3,
                            system,
                            system.equals(FairleadItself.NAME) ? "bar own" : "bar",
                            LABEL,
                            y,
                            length,
                            BAR,
                            LABEL + length + GAP,
                            y + BAR - 3,
                            Report.number(value)));
            y += BAR + GAP;
        }
    }
}
