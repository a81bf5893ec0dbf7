package dev.fairlead.hub.enroll;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What the person at the node reads out: 40 random bits as `XXXX-XXXX`, of digits and letters
/// without I, L, O and U.
///
/// @param letters the eight, without the hyphen
record PairingCode(String letters) {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 8;

    static PairingCode fresh(SecureRandom random) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            letters.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new PairingCode(letters.toString());
    }

    /// As typed: case, blanks and hyphens do not matter, and I, L and O are read as what they look
    /// like. Empty unless it is whole.
    static Optional<PairingCode> parse(String typed) {
        String letters =
                typed.toUpperCase(Locale.ROOT)
                        .replaceAll("[\\s-]", "")
                        .replace('O', '0')
                        .replace('I', '1')
                        .replace('L', '1');
        return letters.length() == LENGTH && letters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)
                ? Optional.of(new PairingCode(letters))
                : Optional.empty();
    }

    /// As shown.
    String text() {
        return letters.substring(0, LENGTH / 2) + "-" + letters.substring(LENGTH / 2);
    }

    /// What is stored instead of it. Keyed, because forty bits alone are found in seconds by who
    /// has a dump of the database; the key lives as long as the connections that wait for their
    /// approval.
    byte[] hash(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(letters.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "PairingCode[hidden]";
    }
}
