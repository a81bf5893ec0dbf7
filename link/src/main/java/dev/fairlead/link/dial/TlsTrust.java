package dev.fairlead.link.dial;

import java.security.cert.X509Certificate;
import java.util.List;

/// Which outer TLS certificate is taken.
public sealed interface TlsTrust {

    /// Any: for nodes, which trust only the proof inside, and for the first `login` by fingerprint.
    record Any() implements TlsTrust {}

    /// One for the hub's name, issued below these anchors, or below the system's roots where there
    /// are none: for clients.
    record Verified(List<X509Certificate> anchors) implements TlsTrust {

        public Verified {
            anchors = List.copyOf(anchors);
        }
    }
}
