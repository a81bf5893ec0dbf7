package dev.fairlead.agent.login;

/// A login does not exist or cannot be acted as; the message is a sentence for the person who
/// asked.
public final class LoginException extends Exception {

    private static final long serialVersionUID = 1;

    private final String reason;

    public LoginException(String message) {
        super(message);
        this.reason = message;
    }

    public String reason() {
        return reason;
    }
}
