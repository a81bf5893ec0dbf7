package dev.fairlead.agent.ssh;

import java.util.Optional;

/// Where the certificate of this node's SSH host key comes from; the hub signs it.
@FunctionalInterface
public interface HostCertificates {

    /// One line in OpenSSH's form (`ssh-ed25519-cert-v01@openssh.com AAAA...`), as it is valid now;
    /// empty while there is none, and the plain key is shown then. Called at each connection, so it
    /// must not block.
    Optional<String> current();
}
