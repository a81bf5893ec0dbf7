package dev.fairlead.cli;

/// Asks before something is removed that does not come back.
final class Confirm {

    private Confirm() {}

    /// @param yes the person said so already
    /// @throws CliException where the answer is no, or nobody can be asked
    static void orStop(Fairlead fairlead, boolean yes, String question) {
        orStop(fairlead, yes, question, "Add --yes");
    }

    /// @param instead what to do where nobody can be asked
    static void orStop(Fairlead fairlead, boolean yes, String question, String instead) {
        if (yes) {
            return;
        }
        String answer = fairlead.parts().prompt().ask(question + " [y/N] ");
        if (answer == null) {
            throw new CliException(
                    Exit.USAGE,
                    "There is no terminal to ask at, and this cannot be undone.",
                    instead);
        }
        if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
            throw new CliException(Exit.FAILED, "Nothing was changed.");
        }
    }
}
