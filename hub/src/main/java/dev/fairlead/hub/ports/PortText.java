package dev.fairlead.hub.ports;

import static java.util.stream.Collectors.joining;

import dev.fairlead.hub.http.Json;
import dev.fairlead.hub.ports.Port.Direction;
import dev.fairlead.hub.ports.Port.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The matrix as text.
public enum PortText {
    /// Aligned columns for a terminal.
    TABLE {
        @Override
        public String render(List<Port> rows) {
            var lines = new ArrayList<List<String>>();
            lines.add(HEADINGS.stream().map(h -> h.toUpperCase(Locale.ROOT)).toList());
            rows.forEach(row -> lines.add(cells(row)));
            var text = new StringBuilder();
            for (var line : lines) {
                for (int column = 0; column < line.size(); column++) {
                    int at = column;
                    int width = lines.stream().mapToInt(l -> l.get(at).length()).max().orElse(0);
                    boolean last = column == line.size() - 1;
                    text.append(line.get(column))
                            .append(last ? "" : " ".repeat(width - line.get(column).length() + 2));
                }
                text.append('\n');
            }
            return text.toString();
        }
    },

    /// A Markdown table for documents.
    MD {
        @Override
        public String render(List<Port> rows) {
            var text = new StringBuilder();
            text.append("| ").append(String.join(" | ", HEADINGS)).append(" |\n");
            text.append("|").append("---|".repeat(HEADINGS.size())).append('\n');
            rows.forEach(
                    row -> text.append("| ").append(String.join(" | ", cells(row))).append(" |\n"));
            return text.toString();
        }
    },

    /// For a spreadsheet, as RFC 4180 has it.
    CSV {
        @Override
        public String render(List<Port> rows) {
            var text = new StringBuilder();
            text.append(String.join(",", HEADINGS)).append("\r\n");
            for (Port row : rows) {
                text.append(cells(row).stream().map(PortText::quoted).collect(joining(",")))
                        .append("\r\n");
            }
            return text.toString();
        }
    },

    JSON {
        @Override
        public String render(List<Port> rows) {
            return Json.text(rows) + "\n";
        }
    },

    /// A chain for `nft -f` on the hub's machine, to jump to from the input chain of one's own:
    /// what may come in. What stays on the machine needs no rule.
    NFT {
        @Override
        public String render(List<Port> rows) {
            var text = new StringBuilder("# In your input chain:  jump fairlead\n");
            text.append("table inet filter {\n  chain fairlead {\n");
            for (Port row : rows) {
                if (row.role() == Role.HUB
                        && row.direction() == Direction.IN
                        && !row.isLoopback()
                        && row.port() > 0) {
                    text.append("    ")
                            .append(destination(row.address()))
                            .append(row.protocol().label)
                            .append(" dport ")
                            .append(row.port())
                            .append(" accept comment \"")
                            .append(row.purpose().replace("\"", ""))
                            .append("\"\n");
                }
            }
            return text.append("  }\n}\n").toString();
        }
    };

    private static final List<String> HEADINGS =
            List.of(
                    "phase",
                    "role",
                    "direction",
                    "protocol",
                    "address",
                    "port",
                    "peer",
                    "purpose",
                    "function");

    public abstract String render(List<Port> rows);

    /// @param label such as `table`
    public static Optional<PortText> parse(String label) {
        for (PortText form : values()) {
            if (form.name().toLowerCase(Locale.ROOT).equals(label)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    private static List<String> cells(Port row) {
        return List.of(
                row.phase().label,
                row.role().label,
                row.direction().label,
                row.protocol().label,
                row.address(),
                row.port() == 0 ? "any" : Integer.toString(row.port()),
                row.peer(),
                row.purpose(),
                row.function());
    }

    private static String quoted(String cell) {
        return cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    private static String destination(String address) {
        if (address.equals("::") || address.equals("0.0.0.0")) {
            return "";
        }
        return (address.contains(":") ? "ip6" : "ip") + " daddr " + address + " ";
    }
}
