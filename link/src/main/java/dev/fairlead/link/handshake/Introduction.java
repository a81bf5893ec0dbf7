package dev.fairlead.link.handshake;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a dialer will say of itself once the hub has proved who it is.
///
/// @param key null for a client only
/// @param credential enrolment secret or bearer token; null for the other roles
/// @param capabilities name to version
/// @param info `agent-version`, `hostname`, `os`, `arch`, `instance`
public record Introduction(
        Role role,
        @Nullable SigningKey key,
        @Nullable Secret credential,
        Map<String, String> capabilities,
        Map<String, String> info) {

    public Introduction {
        if (role.hasKey() != (key != null) || role.hasCredential() != (credential != null)) {
            throw new IllegalArgumentException(
                    "node and pair have a key, enrol a key and a credential, client a credential");
        }
        capabilities = Map.copyOf(capabilities);
        info = Map.copyOf(info);
    }

    public static Introduction node(
            SigningKey key, Map<String, String> capabilities, Map<String, String> info) {
        return new Introduction(Role.NODE, key, null, capabilities, info);
    }

    public static Introduction enrol(
            SigningKey key,
            EnrolmentToken token,
            Map<String, String> capabilities,
            Map<String, String> info) {
        return new Introduction(Role.ENROL, key, token.secret(), capabilities, info);
    }

    public static Introduction pair(
            SigningKey key, Map<String, String> capabilities, Map<String, String> info) {
        return new Introduction(Role.PAIR, key, null, capabilities, info);
    }

    public static Introduction client(
            Secret token, Map<String, String> capabilities, Map<String, String> info) {
        return new Introduction(Role.CLIENT, null, token, capabilities, info);
    }

    PeerIdentity identity(Fingerprint leaf) {
        return new PeerIdentity(
                role, key == null ? null : key.verifying(), credential, leaf, capabilities, info);
    }

    /// With who issued the certificate that is seen outside of inner TLS.
    Introduction behind(String issuer) {
        var more = new HashMap<>(info);
        more.put(PeerIdentity.ISSUER, issuer);
        return new Introduction(role, key, credential, capabilities, more);
    }
}
