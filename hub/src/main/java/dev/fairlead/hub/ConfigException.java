package dev.fairlead.hub;

import dev.fairlead.link.Characters;

/// The configuration cannot be used. The message is for the administrator: which file, line and
/// key, what is wrong with it, what would be right. It is one line, whatever the file's own words
/// are that it repeats.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// Characters.
    private static final int MOST = 1_000;

    public ConfigException(String message) {
        super(Characters.shown(message, MOST), null, false, false);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
