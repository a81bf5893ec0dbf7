package dev.fairlead.agent.enroll;

/// This machine could not join or leave; the message is for the person at it.
public final class EnrollException extends Exception {

    public EnrollException(String message) {
        super(message);
    }
}
