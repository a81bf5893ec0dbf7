package dev.fairlead.cli;

/// What the CLI's process ends with; scripts may rely on it (`docs/cli.md` is made from it).
///
/// `exec` and `ssh` end with the remote command's own code where there is one.
public enum Exit {
    OK(0, "Everything that was asked for was done."),
    FAILED(1, "It failed; the message says why."),
    USAGE(2, "The command line makes no sense."),
    NOT_SIGNED_IN(3, "Nobody is signed in, or the sign-in has ended."),
    DENIED(4, "The hub or the node's own policy does not allow it."),
    NOT_FOUND(5, "What was named does not exist, or you may not see it."),
    OFFLINE(6, "The node has no link to the hub now."),
    UNREACHABLE(7, "The hub cannot be reached, or is not the hub that was expected."),
    BROKEN(255, "The link broke before the end: what was printed may be incomplete.");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }
}
