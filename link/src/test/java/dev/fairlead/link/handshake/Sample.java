package dev.fairlead.link.handshake;

import dev.fairlead.link.LinkLimits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Fixed keys and values, the same as in `docs/golden`.
final class Sample {

    static final SigningKey ROOT = key(1);
    static final SigningKey HUB = key(2);
    static final SigningKey NODE = key(3);
    static final SigningKey OTHER = key(4);
    static final Fingerprint LEAF = leaf("the hub's certificate");
    static final Fingerprint OTHER_LEAF = leaf("a relay's certificate");
    static final KeyBundle BUNDLE = KeyBundle.sign(ROOT, 7, List.of(HUB.verifying()));
    static final HubProof PROOF =
            new HubProof(
                    ROOT.verifying(), BUNDLE, HUB, List.of(OTHER_LEAF, LEAF), "hub.example", null);
    static final HubAnchor ANCHOR = HubAnchor.of(Fingerprint.of(ROOT.verifying()));
    static final EnrolmentToken TOKEN =
            new EnrolmentToken(
                    Fingerprint.of(ROOT.verifying()),
                    Secret.of(filled(32, 9)),
                    List.of(URI.create("https://hub.example:8484")));
    static final Map<String, String> CAPABILITIES = Map.of("ssh", "1", "exec", "1");
    static final Map<String, String> INFO =
            Map.of("agent-version", "0.1.0", "hostname", "node7", "os", "linux", "arch", "amd64");
    static final Welcome WELCOME =
            new Welcome(
                    "ten_0000000000000000000000001",
                    "default",
                    "node_0000000000000000000000002",
                    "node7",
                    42,
                    LinkTerms.of(LinkLimits.DEFAULT),
                    List.of("https://hub.example:8484"),
                    Map.of("call", "1"));
    static final HandshakeSettings SETTINGS = settings(0x0a);

    private Sample() {}

    static Introduction node() {
        return Introduction.node(NODE, CAPABILITIES, INFO);
    }

    static HandshakeSettings settings(int nonce) {
        return new HandshakeSettings(
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofSeconds(15),
                new Constant(nonce));
    }

    static SigningKey key(int seed) {
        return SigningKey.ofSeed(filled(32, seed));
    }

    static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static Fingerprint leaf(String text) {
        return Fingerprint.ofHash(Fingerprint.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Randomness that is none, so that a nonce can be quoted.
    private static final class Constant extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final int value;

        Constant(int value) {
            this.value = value;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) value);
        }
    }
}
