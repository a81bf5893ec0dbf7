package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An id: UUIDv7 inside (sorted by time of making), outside a typed text such as
/// `node_01hf7yat0mf8v9v1k5q3h8m2xz`: the prefix of its kind and 26 characters of Crockford's
/// base32 in lower case. Exactly one text names one id, so that two texts can be compared.
public sealed interface Id
        permits ApiTokenId,
                EnrolmentTokenId,
                GrantId,
                NodeId,
                PairingId,
                SessionId,
                SignInId,
                TenantId,
                UserId,
                ViewId {

    UUID uuid();

    /// Such as `node_`.
    String prefix();

    /// The typed text.
    default String text() {
        return prefix() + Ids.encode(uuid());
    }

    /// The id in this text; empty for anything else, whatever it is.
    static Optional<UUID> parse(String prefix, @Nullable String text) {
        if (text == null
                || text.length() != prefix.length() + Ids.LENGTH
                || !text.startsWith(prefix)) {
            return Optional.empty();
        }
        return Ids.decode(text.substring(prefix.length()));
    }
}
