package dev.fairlead.lab.bench;

/// What a person or a machine waits for at the beginning, as it stands in the table.
enum StartFigure {
    AGENT_LINKED("agent: exec to linked: ms", 400),
    AGENT_ANONYMOUS("agent, idle: anonymous memory: MB", 64),
    AGENT_RESIDENT("agent, idle: resident memory: MB", 110),
    VERSION("fairlead version: ms", 150),
    SSH_FIRST("ssh NODE true, the first, over plain ssh: ms", 300),
    SSH_NEXT("ssh NODE true, from then on, over plain ssh: ms", 20);

    private final String label;
    private final double most;

    StartFigure(String label, double most) {
        this.label = label;
        this.most = most;
    }

    String label() {
        return label;
    }

    double most() {
        return most;
    }
}
