package dev.fairlead.hub;

/// The configuration cannot be used. The message is for the administrator: which file, line and
/// key, what is wrong with it, what would be right.
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
