package dev.fairlead.agent;

/// The configuration cannot be used; the message is a sentence for the node's owner.
public final class ConfigException extends RuntimeException {

    public ConfigException(String message) {
        super(message);
    }
}
