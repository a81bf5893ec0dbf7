package dev.fairlead.lab.bench;

/// What is measured, as it stands in the table, and what Fairlead wants to reach.
enum Figure {
    DOWN("1 stream down: MB/s", true, Wanted.ratio(1.25)),
    DOWN_CPU("1 stream down: CPU-s/GB", false, Wanted.ratio(0.8)),
    UP("1 stream up: MB/s", true, Wanted.ratio(1.25)),
    UP_CPU("1 stream up: CPU-s/GB", false, Wanted.ratio(0.8)),
    DOWN_64("64 streams down: MB/s", true, Wanted.ratio(1.5)),
    DOWN_64_CPU("64 streams down: CPU-s/GB", false, Wanted.NOTHING),
    DOWN_64_FAIR("64 streams down: slowest / mean", true, Wanted.value(0.5)),
    UP_64("64 streams up: MB/s", true, Wanted.ratio(1.5)),
    UP_64_CPU("64 streams up: CPU-s/GB", false, Wanted.NOTHING),
    UP_64_FAIR("64 streams up: slowest / mean", true, Wanted.value(0.5)),
    ECHO_P50("64-byte echo p50: us", false, Wanted.NOTHING),
    ECHO_P50_ADDED("64-byte echo p50, added to direct: us", false, Wanted.ratio(0.75)),
    ECHO_P99("64-byte echo p99: us", false, Wanted.NOTHING),
    ECHO_P99_ADDED("64-byte echo p99, added to direct: us", false, Wanted.ratio(1)),
    BESIDE_P99("echo beside a bulk stream p99: us", false, Wanted.value(2_000)),
    OPENS("opened, used, closed, 64 at once: /s", true, Wanted.ratio(3)),
    MEMORY("memory of all processes: MB", false, Wanted.NOTHING);

    /// @param bound NaN where nothing is wanted
    /// @param ofBestPeer whether it is a ratio to the best peer, or a value of Fairlead's own
    record Wanted(double bound, boolean ofBestPeer) {

        static final Wanted NOTHING = new Wanted(Double.NaN, false);

        static Wanted ratio(double bound) {
            return new Wanted(bound, true);
        }

        static Wanted value(double bound) {
            return new Wanted(bound, false);
        }
    }

    private final String label;
    private final boolean moreIsBetter;
    private final Wanted wanted;

    Figure(String label, boolean moreIsBetter, Wanted wanted) {
        this.label = label;
        this.moreIsBetter = moreIsBetter;
        this.wanted = wanted;
    }

    /// What is measured for it.
    Figure measured() {
        return switch (this) {
            case ECHO_P50_ADDED -> ECHO_P50;
            case ECHO_P99_ADDED -> ECHO_P99;
            default -> this;
        };
    }

    String label() {
        return label;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    Wanted wanted() {
        return wanted;
    }
}
