package dev.fairlead.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows in aligned columns, two spaces apart, nothing cut off: what a script would split at
/// whitespace and a person can read.
public final class Table {

    private static final String GAP = "  ";

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        this.heads = List.of(heads);
    }

    /// One row. An empty cell is shown as `-`, so that columns can be counted.
    public Table row(String... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(cells.length + " cells for the columns " + heads);
        }
        rows.add(Arrays.stream(cells).map(c -> c.isEmpty() ? "-" : Safe.text(c)).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// @param colours whether the output is a terminal that wants them
    public List<String> lines(boolean colours) {
        var widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] =
                    Math.max(
                            heads.get(i).length(),
                            rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0));
        }
        var lines = new ArrayList<String>();
        lines.add(line(heads, widths, colours, true));
        rows.forEach(row -> lines.add(line(row, widths, colours, false)));
        return lines;
    }

    private static String line(List<String> cells, int[] widths, boolean colours, boolean head) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            var paint = head ? Paint.HEAD : Paint.ofState(cell);
            line.append(i == 0 ? "" : GAP).append(colours ? paint.on(cell) : cell);
            if (i < cells.size() - 1) {
                line.append(" ".repeat(widths[i] - width(cell)));
            }
        }
        return line.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
