package dev.fairlead.cli.profile;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One person at one hub.
///
/// @param hub `https://HOST[:PORT]`, without a path
/// @param fingerprint of the deployment's root key, 64 hex digits, where the person gave it
/// @param ca PEM file of the CA that signs the hub's certificate, relative to the folder of the
///   profiles; null for the system's roots
/// @param user who signs in: `NAME` or `NAME@TENANT`
/// @param tenant what commands are about unless `--tenant` says otherwise
/// @param token the sign-in; null when signed out
/// @param expires when the sign-in ends
public record Profile(
        URI hub,
        @Nullable String fingerprint,
        @Nullable String ca,
        String user,
        @Nullable String tenant,
        @Nullable String token,
        @Nullable Instant expires) {

    public Profile {
        if (!"https".equals(hub.getScheme()) || hub.getHost() == null) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + hub + "\" is not the address of a hub.",
                    "An address is https://HOST or https://HOST:PORT.");
        }
        if (fingerprint != null && !fingerprint.matches("[0-9a-f]{64}")) {
            throw new CliException(
                    Exit.USAGE,
                    "\"" + fingerprint + "\" is not the fingerprint of a hub.",
                    "A fingerprint has 64 hexadecimal digits; the hub prints it when it starts.");
        }
    }

    /// The token, which must be there.
    ///
    /// @param name of the profile, for the message
    /// @throws CliException when signed out
    public String needToken(String name) {
        if (token == null) {
            throw new CliException(
                    Exit.NOT_SIGNED_IN,
                    "Nobody is signed in at " + hub + ".",
                    "fairlead login --profile " + name);
        }
        return token;
    }

    public Profile signedOut() {
        return new Profile(hub, fingerprint, ca, user, tenant, null, null);
    }

    /// Without the token.
    @Override
    public String toString() {
        return user + " at " + hub;
    }
}
