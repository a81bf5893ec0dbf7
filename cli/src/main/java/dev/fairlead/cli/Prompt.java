package dev.fairlead.cli;

import org.jspecify.annotations.Nullable;

/// Asks the person at the terminal.
public interface Prompt {

    /// Shows a question, returns the answer; null where nobody can be asked.
    @Nullable String ask(String question);

    /// As [#ask], without showing what is typed.
    @Nullable String secret(String question);

    /// The terminal of this process, where it has one.
    static Prompt ofConsole() {
        return new Prompt() {
            @Override
            public @Nullable String ask(String question) {
                var console = System.console();
                return console == null || !console.isTerminal()
                        ? null
                        : console.readLine("%s", question);
            }

            @Override
            public @Nullable String secret(String question) {
                var console = System.console();
                if (console == null || !console.isTerminal()) {
                    return null;
                }
                char[] typed = console.readPassword("%s", question);
                return typed == null ? null : new String(typed);
            }
        };
    }
}
