package dev.fairlead.hub.identity;

import dev.fairlead.hub.db.SignInId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A sign-in, as its person sees it.
///
/// @param address where it was made from
/// @param program what it was made by, as [ProgramName] tells it; null where nothing was said
/// @param lastUsed within 5 minutes; null where it was not used yet
public record SignIn(
        SignInId id,
        String address,
        @Nullable String program,
        Instant created,
        Instant expires,
        @Nullable Instant lastUsed) {}
