package dev.fairlead.hub.hostca;

import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.rbac.Act;

/// The key that signs a tenant's SSH host certificates.
public final class HostCaRoutes implements Endpoints.Routes {

    private final HostCa hostCa;

    public HostCaRoutes(HostCa hostCa) {
        this.hostCa = hostCa;
    }

    /// The schema `SshHostCa`.
    private record Shown(String publicKey, String hosts, String knownHostsLine) {

        static Shown of(HostCa.Trust trust) {
            return new Shown(trust.publicKey(), trust.hosts(), trust.knownHostsLine());
        }
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(
                Act.NODES_SEE,
                "showSshHostCa",
                call -> Answer.ok(Shown.of(hostCa.trust(call.tenant()))));
    }
}
