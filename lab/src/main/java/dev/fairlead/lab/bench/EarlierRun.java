package dev.fairlead.lab.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Peers that are not packaged everywhere: what each was to OpenSSH in one earlier run with all of
/// them, two hops, three rounds of 2.5 s on a machine with two cores. Where one is not installed,
/// its column is OpenSSH's figure of today times that ratio, and marked.
final class EarlierRun {

    static final String MARK = "*";

    private static final List<Figure> FIGURES =
            List.of(
                    Figure.DOWN,
                    Figure.DOWN_CPU,
                    Figure.UP,
                    Figure.UP_CPU,
                    Figure.DOWN_64,
                    Figure.DOWN_64_CPU,
                    Figure.UP_64,
                    Figure.UP_64_CPU,
                    Figure.ECHO_P50,
                    Figure.ECHO_P99,
                    Figure.OPENS,
                    Figure.MEMORY);

    private static final double[] OPENSSH = {
        409, 4.15, 405, 4.31, 252, 6.47, 272, 6.56, 396, 650, 923, 108
    };

    private static final Map<String, double[]> PEERS =
            Map.of(
                    "wstunnel",
                            new double[] {
                                453, 3.58, 410, 3.92, 284, 5.99, 305, 5.97, 287, 480, 767, 825
                            },
                    "frp",
                            new double[] {
                                147, 10.5, 166, 9.41, 218, 8.02, 170, 10.1, 556, 944, 1_310, 365
                            },
                    "chisel",
                            new double[] {
                                99, 17.6, 92, 18.7, 112, 16.5, 105, 18.1, 428, 703, 1_296, 83
                            });

    private EarlierRun() {}

    /// What a peer's figures were to OpenSSH's; empty for one that was not there.
    static Map<Figure, Double> toOpenSsh(String peer) {
        Map<Figure, Double> ratios = new EnumMap<>(Figure.class);
        double[] figures = PEERS.get(peer);
        if (figures != null) {
            for (int i = 0; i < figures.length; i++) {
                ratios.put(FIGURES.get(i), figures[i] / OPENSSH[i]);
            }
        }
        return ratios;
    }
}
