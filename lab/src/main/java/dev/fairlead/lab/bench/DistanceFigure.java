package dev.fairlead.lab.bench;

/// What is measured at a distance, as it stands in the table.
enum DistanceFigure {
    DOWN_50("50 ms, 1 stream down: MB/s", 50, "down"),
    UP_50("50 ms, 1 stream up: MB/s", 50, "up"),
    DOWN_100("100 ms, 1 stream down: MB/s", 100, "down"),
    UP_100("100 ms, 1 stream up: MB/s", 100, "up");

    private final String label;
    private final int roundTripMillis;
    private final String direction;

    DistanceFigure(String label, int roundTripMillis, String direction) {
        this.label = label;
        this.roundTripMillis = roundTripMillis;
        this.direction = direction;
    }

    String label() {
        return label;
    }

    int roundTripMillis() {
        return roundTripMillis;
    }

    String direction() {
        return direction;
    }
}
