package dev.fairlead.hub.http;

import org.jspecify.annotations.Nullable;

/// What anybody may know of this hub: the answer to `GET /api/v1/hub`.
///
/// @param name the first configured name
/// @param fingerprint SHA-256 of the deployment's root key, hex
/// @param url `https://NAME[:PORT]`
/// @param tlsCa PEM of the hub's local CA; null where it has a certificate of another's
public record HubInfo(
        String name, String version, String fingerprint, String url, @Nullable String tlsCa) {}
