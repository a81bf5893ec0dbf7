/// The SSH host certificates of a tenant's nodes, so that `ssh` knows every node of the tenant by
/// one line in `known_hosts`.
///
/// Flow: an agent's call `host-cert` with its host key -> [HostCa#certify] -> [SshHostKey] (hostile
/// input) -> [HostCertificate] signed by the tenant's key, which is sealed in `ssh_host_ca`. People
/// get the public half by [HostCa#trust].
@NullMarked
package dev.fairlead.hub.hostca;

import org.jspecify.annotations.NullMarked;
