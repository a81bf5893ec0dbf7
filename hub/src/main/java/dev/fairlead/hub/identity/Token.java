package dev.fairlead.hub.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A bearer token: a prefix that says what it is, and 256 random bits in base64url. Only its
/// SHA-256 is stored: with that much randomness a slow hash adds nothing.
///
/// @param text to be shown once, never logged ([#toString] leaves it out)
record Token(String text) {

    static final String SIGN_IN = "fls_";
    static final String API = "fla_";

    private static final int RANDOM_CHARS = 43;

    static Token fresh(String prefix, SecureRandom random) {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        return new Token(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /// Empty for what cannot be one, before anything is hashed or looked up.
    static Optional<Token> parse(@Nullable String text) {
        if (text == null
                || text.length() != SIGN_IN.length() + RANDOM_CHARS
                || !(text.startsWith(SIGN_IN) || text.startsWith(API))) {
            return Optional.empty();
        }
        return Optional.of(new Token(text));
    }

    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text.substring(0, 4) + "...";
    }
}
