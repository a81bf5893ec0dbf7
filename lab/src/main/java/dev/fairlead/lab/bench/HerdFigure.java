package dev.fairlead.lab.bench;

/// What is measured with many agents, as it stands in the table, and the most that it may be.
enum HerdFigure implements Bounded {
    LINK("all agents linked to a hub that runs: s", Double.NaN),
    IDLE("memory of an idle link, kernel included: KB", 26),
    IDLE_HEAP("of it in use of the hub's heap: KB", Double.NaN),
    IDLE_BESIDES("of it in the hub's process besides: KB", Double.NaN),
    RESIDENT("the hub with all links, resident: MB", 512),
    API_P50("API beside all links, 500 requests/s, p50: ms", Double.NaN),
    API_P99("API beside all links, 500 requests/s, p99: ms", 50),
    ACCEPT("hub killed: exec to first accept: s", 5),
    RETURN("hub killed: first accept to all agents linked: s", 15),
    RETURN_API_P99("API from its first answer on, p99: ms", 250),
    FAN_OUT("a call to all agents, answered by all: s", 3);

    private final String label;
    private final double most;

    HerdFigure(String label, double most) {
        this.label = label;
        this.most = most;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public double most() {
        return most;
    }
}
