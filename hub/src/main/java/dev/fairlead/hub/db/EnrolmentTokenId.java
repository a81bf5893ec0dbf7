package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An enrolment token.
public record EnrolmentTokenId(UUID uuid) implements Id {

    public static final String PREFIX = "tok_";

    public static EnrolmentTokenId fresh() {
        return new EnrolmentTokenId(Ids.fresh());
    }

    /// Empty for any text that is not exactly one of these.
    public static Optional<EnrolmentTokenId> parse(@Nullable String text) {
        return Id.parse(PREFIX, text).map(EnrolmentTokenId::new);
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
