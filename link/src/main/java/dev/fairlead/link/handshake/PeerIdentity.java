package dev.fairlead.link.handshake;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A dialer as the hub's handshake proved it: the signature fits the key and the certificate that
/// it saw is the hub's. Whether it may come in is the [Admission]'s to say.
///
/// @param key null for [Role#CLIENT] only
/// @param credential the enrolment secret or the bearer token; null for the other roles
/// @param leaf the TLS certificate that it saw
/// @param capabilities name to version
/// @param info what it says of itself, unproved: `agent-version`, `hostname`, `os`, `arch`,
///   `instance`
/// @param between who is on the way to it, as it says: true as far as inner TLS goes, unproved as
///   to the issuer
public record PeerIdentity(
        Role role,
        @Nullable VerifyingKey key,
        @Nullable Secret credential,
        Fingerprint leaf,
        Map<String, String> capabilities,
        Map<String, String> info,
        Between between) {

    /// The name in `info` of who issued the certificate that a dialer saw outside of inner TLS.
    static final String ISSUER = "between";

    /// One with nobody in between.
    public PeerIdentity(
            Role role,
            @Nullable VerifyingKey key,
            @Nullable Secret credential,
            Fingerprint leaf,
            Map<String, String> capabilities,
            Map<String, String> info) {
        this(role, key, credential, leaf, capabilities, info, Between.NOBODY);
    }

    PeerIdentity insideTls() {
        return new PeerIdentity(
                role,
                key,
                credential,
                leaf,
                capabilities,
                info,
                new Between(true, info.get(ISSUER)));
    }

    /// The key of a role that has one.
    public VerifyingKey needKey() {
        if (key == null) {
            throw new IllegalStateException("a " + role.label() + " has no key");
        }
        return key;
    }

    /// The credential of a role that has one.
    public Secret needCredential() {
        if (credential == null) {
            throw new IllegalStateException("a " + role.label() + " has no credential");
        }
        return credential;
    }
}
