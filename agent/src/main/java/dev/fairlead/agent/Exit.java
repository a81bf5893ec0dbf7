package dev.fairlead.agent;

/// Exit codes of `fairlead agent`; those of sysexits(3) where one fits.
public final class Exit {

    public static final int OK = 0;
    public static final int FAILED = 1;

    /// `status`: the agent runs without a link.
    public static final int NOT_LINKED = 1;

    public static final int USAGE = 2;

    /// `status`: no agent runs (the code of the Linux Standard Base).
    public static final int NOT_RUNNING = 3;

    /// `status`: this machine has not joined.
    public static final int NOT_JOINED = 4;

    /// The hub cannot be reached.
    public static final int UNAVAILABLE = 69;

    /// The hub said no, for good: starting again cannot help.
    public static final int REFUSED = 77;

    /// The configuration cannot be used.
    public static final int CONFIG = 78;

    private Exit() {}
}
