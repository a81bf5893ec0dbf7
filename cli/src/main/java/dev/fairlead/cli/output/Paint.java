package dev.fairlead.cli.output;

/// The few colours there are, each with a meaning. None is the only bearer of one: the word is
/// always there too.
public enum Paint {
    PLAIN(""),
    GOOD("32"),
    BAD("31"),
    FAINT("2"),
    HEAD("1");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /// The text between the terminal's codes.
    String on(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /// How the words for states are painted everywhere.
    public static Paint ofState(String state) {
        return switch (state) {
            case "online", "enabled", "done", "live", "approved" -> GOOD;
            case "offline", "disabled", "denied", "failed", "expired" -> BAD;
            case "ended", "-" -> FAINT;
            default -> PLAIN;
        };
    }
}
