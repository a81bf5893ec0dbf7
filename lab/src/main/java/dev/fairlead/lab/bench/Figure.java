package dev.fairlead.lab.bench;

/// What is measured, as it stands in the table.
enum Figure {
    DOWN("1 stream down: MB/s", true),
    DOWN_CPU("1 stream down: CPU-s/GB", false),
    UP("1 stream up: MB/s", true),
    UP_CPU("1 stream up: CPU-s/GB", false),
    DOWN_64("64 streams down: MB/s", true),
    DOWN_64_CPU("64 streams down: CPU-s/GB", false),
    DOWN_64_FAIR("64 streams down: slowest / mean", true),
    UP_64("64 streams up: MB/s", true),
    UP_64_CPU("64 streams up: CPU-s/GB", false),
    UP_64_FAIR("64 streams up: slowest / mean", true),
    ECHO_P50("64-byte echo p50: us", false),
    ECHO_P99("64-byte echo p99: us", false),
    BESIDE_P99("echo beside a bulk stream p99: us", false),
    OPENS("opened, used, closed, 64 at once: /s", true),
    MEMORY("memory of all processes: MB", false);

    private final String label;
    private final boolean moreIsBetter;

    Figure(String label, boolean moreIsBetter) {
        this.label = label;
        this.moreIsBetter = moreIsBetter;
    }

    String label() {
        return label;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }
}
