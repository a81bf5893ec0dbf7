package dev.fairlead.link.handshake;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import dev.fairlead.link.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;

/// What people paste and what hubs send of keys: enrolment tokens, fingerprints, key bundles, keys.
/// Each is read whole or refused with a sentence that does not repeat a secret.
public final class TokensFuzz {

    private TokensFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var in = new Input(input);
        switch (in.next() % 5) {
            case 0 -> token(in.restAsText());
            case 1 -> token(withChecksum(in.rest()));
            case 2 -> fingerprint(in.restAsText());
            case 3 -> bundle(in.rest());
            default -> key(in.rest());
        }
    }

    private static void token(String text) {
        try {
            var token = EnrolmentToken.parse(text);
            require(token.equals(EnrolmentToken.parse(token.text())), "the same token comes out");
            require(token.hubs().size() <= 8, "at most 8 hubs");
        } catch (IllegalArgumentException e) {
            String said = String.valueOf(e.getMessage());
            require(said.length() < 1_000, "a sentence");
            // Its prefix is in many sentences; what follows is the secret.
            String secret = text.strip().replaceFirst("^flt_", "");
            require(secret.length() < 12 || !said.contains(secret), "the token is repeated");
        }
    }

    /// The text of a token with these bytes, whose checksum fits.
    private static String withChecksum(byte[] bytes) {
        var crc = new CRC32();
        crc.update(bytes);
        byte[] whole = Arrays.copyOf(bytes, bytes.length + 4);
        for (int i = 0; i < 4; i++) {
            whole[bytes.length + i] = (byte) (crc.getValue() >> 8 * (3 - i));
        }
        return EnrolmentToken.PREFIX
                + Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    private static void fingerprint(String text) {
        try {
            var print = Fingerprint.parse(text);
            require(print.equals(Fingerprint.parse(print.toString())), "the same comes out");
        } catch (IllegalArgumentException e) {
            require(String.valueOf(e.getMessage()).length() < 300, "a sentence");
        }
    }

    private static void bundle(byte[] bytes) {
        try {
            var bundle = KeyBundle.verify(Sample.ROOT.verifying(), bytes);
            require(
                    bundle == null || Arrays.equals(bundle.encoded(), bytes),
                    "the same bytes come out");
        } catch (ProtocolException e) {
            require(e.rule().length() < 300, "a sentence");
        }
    }

    private static void key(byte[] bytes) {
        try {
            var key = VerifyingKey.ofTagged(bytes);
            require(Arrays.equals(key.tagged(), bytes), "the same bytes come out");
            byte[] message = "x".getBytes(StandardCharsets.US_ASCII);
            require(!key.verifies("fuzz", message, new byte[64]), "a signature of zeros fits");
        } catch (ProtocolException e) {
            require(e.rule().length() < 300, "a sentence");
        }
    }
}
