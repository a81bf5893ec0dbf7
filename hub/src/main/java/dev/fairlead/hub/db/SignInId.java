package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A sign-in.
public record SignInId(UUID uuid) implements Id {

    public static final String PREFIX = "si_";

    public static SignInId fresh() {
        return new SignInId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<SignInId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(SignInId::new);
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public String toString() {
        return text();
    }
}
