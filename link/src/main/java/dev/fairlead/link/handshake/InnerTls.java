package dev.fairlead.link.handshake;

import java.util.Locale;

/// When a dialer puts a second TLS inside its connection to a hub.
public enum InnerTls {
    /// Where somebody in between ends the TLS outside.
    AUTO,
    /// On every link, so that also a load balancer whose certificate the hub lists reads nothing.
    ALWAYS,
    /// Never: where somebody is in between there is no link.
    NEVER;

    /// The word in configurations, such as `auto`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException with a sentence for a person
    public static InnerTls ofLabel(String label) {
        for (var one : values()) {
            if (one.label().equals(label)) {
                return one;
            }
        }
        throw new IllegalArgumentException(
                "inner-tls is auto, always or never, not \"" + label + "\"");
    }
}
