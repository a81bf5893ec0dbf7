package dev.fairlead.link.dial;

/// Text of strangers, made fit for a terminal.
final class Text {

    private static final int MOST = 200;

    private Text() {}

    static String shown(String text) {
        var out = new StringBuilder();
        text.codePoints()
                .limit(MOST)
                .forEach(c ->
                        out.appendCodePoint(
                                c >= ' ' && c < 127 || c >= 160 && Character.isLetterOrDigit(c)
                                        ? c
                                        : '?'));
        return out.toString();
    }
}
