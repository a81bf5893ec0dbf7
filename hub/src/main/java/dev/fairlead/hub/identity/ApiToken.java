package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.ApiTokenId;
import dev.fairlead.hub.db.Name;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A token for programs; its secret is shown once, when it is made.
///
/// @param lastUsed within an hour
public record ApiToken(
        ApiTokenId id, Name name, Instant created, Instant expires, @Nullable Instant lastUsed) {}
