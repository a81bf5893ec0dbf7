package dev.fairlead.agent.login;

/// A login does not exist or cannot be acted as; the message is a sentence for the person who
/// asked.
public final class LoginException extends Exception {

    public LoginException(String message) {
        super(message);
    }
}
