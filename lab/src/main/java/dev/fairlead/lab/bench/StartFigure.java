package dev.fairlead.lab.bench;

/// What a person or a machine waits for at the beginning, and what an idle agent holds.
enum StartFigure implements Bounded {
    AGENT_LINKED("agent: exec to linked: ms", 400),
    AGENT_ANONYMOUS("agent, all capabilities used, idle: anonymous memory: MB", 64),
    AGENT_RESIDENT("agent, all capabilities used, idle: resident memory: MB", 110),
    VERSION("fairlead version: ms", 150),
    VERSION_HUB("fairlead version --hub, an HTTPS request: ms", Double.NaN),
    SSH_PLAIN("plain ssh to sshd here, true: ms", Double.NaN),
    SSH_FIRST("ssh NODE true, the first, over plain ssh: ms", 300),
    SSH_NEXT("ssh NODE true, from then on, over plain ssh: ms", 20);

    private final String label;
    private final double most;

    StartFigure(String label, double most) {
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
