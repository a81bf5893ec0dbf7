package dev.fairlead.lab;

import dev.fairlead.lab.Vitals.Sign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Draws what programs held over time, one panel for each sign of life, as SVG.
final class SoakPlot {

    private static final int WIDTH = 720;
    private static final int PANEL = 130;
    private static final int LEFT = 60;
    private static final List<String> COLOURS = List.of("#1f77b4", "#d95f02");

    private SoakPlot() {}

    static void write(Path file, String title, int seconds, List<Vitals> programs)
            throws IOException {
        var svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="10" y="20" font-size="14">%s</text>
                """
                        .formatted(
                                WIDTH + LEFT + 20,
                                PANEL * Sign.values().length + 60,
                                title.replace("&", "&amp;").replace("<", "&lt;")));
        for (int i = 0; i < programs.size(); i++) {
            svg.append(
                    "<text x=\"%d\" y=\"38\" fill=\"%s\">%s</text>\n"
                            .formatted(LEFT + i * 150, COLOURS.get(i), programs.get(i).name()));
        }
        for (var sign : Sign.values()) {
            panel(svg, 50 + PANEL * sign.ordinal(), sign, programs);
        }
        svg.append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d min</text>\n</svg>\n"
                        .formatted(LEFT + WIDTH, PANEL * Sign.values().length + 55, seconds / 60));
        Files.writeString(file, svg);
    }

    private static void panel(StringBuilder svg, int top, Sign sign, List<Vitals> programs) {
        double most =
                1.1
                        * programs.stream()
                                .flatMapToDouble(program -> Arrays.stream(program.of(sign)))
                                .max()
                                .orElse(1);
        int height = PANEL - 35;
        int bottom = top + 15 + height;
        svg.append(
                "<text x=\"%d\" y=\"%d\">%s</text>\n<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#888\"/>\n"
                        .formatted(
                                LEFT, top + 8, sign.label, LEFT, top + 15, bottom, LEFT + WIDTH));
        svg.append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>\n"
                        .formatted(LEFT - 5, top + 22, most));
        svg.append(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n"
                        .formatted(LEFT - 5, bottom));
        for (int p = 0; p < programs.size(); p++) {
            double[] values = programs.get(p).of(sign);
            svg.append("<polyline fill=\"none\" stroke=\"")
                    .append(COLOURS.get(p))
                    .append("\" points=\"");
            for (int i = 0; i < values.length; i++) {
                svg.append(
                        String.format(
                                Locale.ROOT,
                                "%.1f,%.1f ",
                                LEFT + (double) WIDTH * i / Math.max(1, values.length - 1),
                                bottom - height * values[i] / most));
            }
            svg.append("\"/>\n");
        }
    }
}
