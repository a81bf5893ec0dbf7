package dev.fairlead.hub.access;

import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.enroll.ClientAdmission;
import dev.fairlead.hub.identity.Authenticate;
import dev.fairlead.link.handshake.LinkTerms;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.Welcome;
import java.util.List;
import java.util.Map;

/// Lets in client links: whoever shows a sign-in's or API token's bearer token.
public final class AdmitClient implements ClientAdmission {

    private final Authenticate authenticate;
    private final Audit audit;
    private final LinkTerms terms;
    private final Map<String, String> capabilities;

    public AdmitClient(
            Authenticate authenticate,
            Audit audit,
            LinkTerms terms,
            Map<String, String> capabilities) {
        this.authenticate = authenticate;
        this.audit = audit;
        this.terms = terms;
        this.capabilities = capabilities;
    }

    @Override
    public Verdict admit(PeerIdentity peer, String address) {
        var principal = authenticate.bearer(peer.needCredential().text());
        if (principal.isEmpty()) {
            audit.count(TenantId.SYSTEM, "link.client", address, Refusal.BAD_TOKEN.label());
            return new Refused(
                    Refusal.BAD_TOKEN,
                    "the sign-in or API token is unknown, expired or revoked; sign in again with  fairlead login");
        }
        var who = principal.get();
        return new Welcome(
                who.tenant().text(),
                who.tenantName().text(),
                who.credential().text(),
                who.who(),
                0,
                terms,
                List.of(),
                capabilities);
    }
}
