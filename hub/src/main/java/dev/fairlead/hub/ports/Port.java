package dev.fairlead.hub.ports;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/// One row of the matrix: a listener, or a connection that is made.
///
/// @param address where it listens, or what it dials
/// @param peer who comes, or who is dialled, in words
/// @param function the id of the function in `docs/functions` that needs it, such as `P1`
public record Port(
        Phase phase,
        Role role,
        Direction direction,
        Protocol protocol,
        String address,
        int port,
        String peer,
        String purpose,
        String function) {

    public enum Phase {
        @JsonProperty("install")
        INSTALL("install"),
        @JsonProperty("run")
        RUN("run");

        final String label;

        Phase(String label) {
            this.label = label;
        }
    }

    /// Whose machine it is about.
    public enum Role {
        @JsonProperty("hub")
        HUB("hub"),
        @JsonProperty("agent")
        AGENT("agent"),
        @JsonProperty("client")
        CLIENT("client");

        final String label;

        Role(String label) {
            this.label = label;
        }
    }

    public enum Direction {
        @JsonProperty("in")
        IN("in"),
        @JsonProperty("out")
        OUT("out");

        final String label;

        Direction(String label) {
            this.label = label;
        }
    }

    public enum Protocol {
        @JsonProperty("tcp")
        TCP("tcp");

        final String label;

        Protocol(String label) {
            this.label = label;
        }
    }

    /// Whether it never leaves its machine, so that no firewall has to know of it.
    @JsonIgnore
    public boolean isLoopback() {
        return address.startsWith("127.") || address.equals("::1") || address.equals("localhost");
    }
}
