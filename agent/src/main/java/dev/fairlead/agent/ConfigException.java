package dev.fairlead.agent;

import dev.fairlead.link.Characters;

/// The configuration cannot be used; the message is a sentence for the node's owner, in one line,
/// whatever the file's own words are that it repeats.
public final class ConfigException extends RuntimeException {

    /// Characters.
    private static final int MOST = 1_000;

    public ConfigException(String message) {
        super(Characters.shown(message, MOST));
    }
}
