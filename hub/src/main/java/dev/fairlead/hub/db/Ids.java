package dev.fairlead.hub.db;

import java.util.Optional;
import java.util.UUID;

/// Makes UUIDv7 (RFC 9562: 48 bits of milliseconds, version, 74 random bits) and writes them in
/// Crockford's base32, lower case, 26 characters.
final class Ids {

    static final int LENGTH = 26;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    private Ids() {}

    static UUID fresh() {
        // The JDK's random UUID is the randomness: it reseeds and shares one strong generator.
        UUID random = UUID.randomUUID();
        long millis = System.currentTimeMillis();
        long high = (millis << 16) | 0x7000L | (random.getMostSignificantBits() & 0x0fffL);
        return new UUID(high, random.getLeastSignificantBits());
    }

    static String encode(UUID id) {
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        char[] text = new char[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (low & 31));
            low = (low >>> 5) | (high << 59);
            high >>>= 5;
        }
        return new String(text);
    }

    static Optional<UUID> decode(String text) {
        // 26 characters hold 130 bits: the first carries three only.
        if (text.length() != LENGTH || text.charAt(0) > '7') {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < LENGTH; i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                return Optional.empty();
            }
            high = (high << 5) | (low >>> 59);
            low = (low << 5) | value;
        }
        return Optional.of(new UUID(high, low));
    }
}
