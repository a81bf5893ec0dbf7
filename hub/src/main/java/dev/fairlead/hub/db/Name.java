package dev.fairlead.hub.db;

import dev.fairlead.hub.Rejected;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The name of a tenant, user or node: a lower-case DNS label of 1 to 63 of `a-z 0-9 -`, with no
/// hyphen at either end. Such a name is safe in a host name, an argv, a path and a file; it is
/// still checked again where it reaches one.
public record Name(String text) {

    public static final int MAX = 63;

    public Name {
        if (!valid(text)) {
            throw Rejected.invalid(
                    "A name is 1 to 63 of the characters a-z, 0-9 and -, and neither begins nor ends"
                            + " with a hyphen.");
        }
    }

    /// @param what whose name, for the message, such as `node`
    /// @throws Rejected as `invalid`
    public static Name of(String what, @Nullable String text) {
        return parse(text)
                .orElseThrow(() ->
                        Rejected.invalid(
                                "The name of a "
                                        + what
                                        + " is 1 to 63 of the characters a-z, 0-9 and -,"
                                        + " and neither begins nor ends with a hyphen."));
    }

    /// Empty for anything that is not a name.
    public static Optional<Name> parse(@Nullable String text) {
        return text != null && valid(text) ? Optional.of(new Name(text)) : Optional.empty();
    }

    private static boolean valid(String text) {
        int length = text.length();
        if (length == 0
                || length > MAX
                || text.charAt(0) == '-'
                || text.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
