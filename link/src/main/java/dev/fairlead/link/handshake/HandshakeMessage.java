package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The fields of the messages that prove, and the rules that each must keep by itself. What depends
/// on the other side's state is checked by the two handshakes.
final class HandshakeMessage {

    static final String VERSION = "1";
    static final int NONCE = 32;
    static final int MAX_LEAVES = 64;
    static final int MAX_CREDENTIAL = 1024;

    private HandshakeMessage() {}

    /// 1, dialer to hub. Says nothing about the dialer.
    record Hello(List<String> versions, byte[] nonce) {

        Headers headers() {
            return Headers.of("versions", String.join(" ", versions)).with("nonce", nonce);
        }

        static Hello of(Headers headers) {
            var versions = List.of(Fields.text(headers, "versions").split(" "));
            if (!versions.stream().allMatch(v -> v.matches("[0-9]{1,5}"))) {
                throw new ProtocolException("header versions must be numbers with blanks between");
            }
            return new Hello(versions, Fields.exactly(headers, "nonce", NONCE));
        }
    }

    /// 2, hub to dialer. `key` is the hub key that signs.
    record Proof(
            String version,
            byte[] nonce,
            VerifyingKey root,
            byte[] bundle,
            VerifyingKey key,
            List<Fingerprint> leaves,
            String name,
            @Nullable String ca,
            boolean innerTls) {

        static final String CONTEXT = "fairlead/1 hub proof";
        static final String INNER_CONTEXT = "fairlead/1 inner hub proof";

        private static final String INNER_TLS = "inner-tls";

        Headers headers() {
            byte[] hashes = new byte[leaves.size() * Fingerprint.LENGTH];
            for (int i = 0; i < leaves.size(); i++) {
                byte[] hash = leaves.get(i).bytes();
                System.arraycopy(hash, 0, hashes, i * Fingerprint.LENGTH, hash.length);
            }
            var headers =
                    Headers.of("version", version)
                            .with("nonce", nonce)
                            .with("root", root.tagged())
                            .with("bundle", bundle)
                            .with("key", key.tagged())
                            .with("leaves", hashes)
                            .with("name", Fields.clean(name));
            headers = ca == null ? headers : headers.with("ca", ca);
            return innerTls ? headers.with(INNER_TLS, "1") : headers;
        }

        static Proof of(Headers headers) {
            byte[] hashes = headers.needBytes("leaves");
            if (hashes.length == 0
                    || hashes.length % Fingerprint.LENGTH != 0
                    || hashes.length > MAX_LEAVES * Fingerprint.LENGTH) {
                throw new ProtocolException("header leaves must be 1 to 64 times 32 bytes");
            }
            var leaves = new ArrayList<Fingerprint>();
            for (int at = 0; at < hashes.length; at += Fingerprint.LENGTH) {
                leaves.add(
                        Fingerprint.ofHash(
                                Arrays.copyOfRange(hashes, at, at + Fingerprint.LENGTH)));
            }
            return new Proof(
                    headers.need("version"),
                    Fields.exactly(headers, "nonce", NONCE),
                    VerifyingKey.ofTagged(headers.needBytes("root")),
                    headers.needBytes("bundle"),
                    VerifyingKey.ofTagged(headers.needBytes("key")),
                    List.copyOf(leaves),
                    Fields.text(headers, "name"),
                    headers.text("ca"),
                    "1".equals(headers.text(INNER_TLS)));
        }
    }

    static Headers headers(PeerIdentity peer) {
        var headers = Headers.of("role", peer.role().label());
        if (peer.key() != null) {
            headers = headers.with("key", peer.key().tagged());
        }
        headers = headers.with("leaf", peer.leaf().bytes());
        if (peer.credential() != null) {
            headers = headers.with("credential", peer.credential().bytes());
        }
        headers = Fields.withMap(headers, "capabilities", peer.capabilities());
        return Fields.withMap(headers, "info", peer.info());
    }

    /// 3, dialer to hub. Whether its signature fits is for [HubHandshake] to check.
    static PeerIdentity identity(Headers headers) {
        var role = Role.ofLabel(headers.need("role"));
        VerifyingKey key = null;
        if (role.hasKey()) {
            key = VerifyingKey.ofTagged(headers.needBytes("key"));
        } else if (headers.bytes("key") != null || headers.bytes("signature") != null) {
            throw new ProtocolException("a client sends no key and no signature");
        }
        Secret credential = null;
        if (role.hasCredential()) {
            credential = Secret.of(headers.needBytes("credential"));
            int length = credential.length();
            if (role == Role.ENROL
                    ? length != EnrolmentToken.SECRET_LENGTH
                    : length == 0 || length > MAX_CREDENTIAL) {
                throw new ProtocolException(
                        "header credential must have 32 bytes to enrol, 1 to 1024 for a client");
            }
        } else if (headers.bytes("credential") != null) {
            throw new ProtocolException("a " + role.label() + " sends no credential");
        }
        return new PeerIdentity(
                role,
                key,
                credential,
                Fingerprint.ofHash(Fields.exactly(headers, "leaf", Fingerprint.LENGTH)),
                Fields.map(headers, "capabilities"),
                Fields.map(headers, "info"));
    }

    /// 6, hub to dialer: what the person at the node reads out.
    record Code(String code, Duration expires) {

        Headers headers() {
            return Headers.of("code", code, "expires-ms", Long.toString(expires.toMillis()));
        }

        static Code of(Headers headers) {
            return new Code(
                    Fields.text(headers, "code"),
                    Fields.millis(
                            headers, "expires-ms", Duration.ofMillis(1), Duration.ofHours(1)));
        }
    }

    static Headers confirm(boolean yes) {
        return Headers.of("answer", yes ? "yes" : "no");
    }

    static boolean isConfirmed(Headers headers) {
        return switch (headers.need("answer")) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw new ProtocolException("header answer must be yes or no");
        };
    }

    /// What two people compare so that nobody is in between: 128 bits of SHA-256 over the context
    /// `fairlead/1 pairing`, a zero byte, the hub's root key, the hub's key and the node's key (all
    /// tagged), and the transcript up to IDENTITY, as 8 groups of 4 hexadecimal digits.
    static String pairingFingerprint(
            VerifyingKey root, VerifyingKey hub, VerifyingKey node, Transcript transcript) {
        var digest = Fingerprint.newSha256();
        digest.update(VerifyingKey.inContext("fairlead/1 pairing", root.tagged()));
        digest.update(hub.tagged());
        digest.update(node.tagged());
        String hex = Fingerprint.ofHash(digest.digest(transcript.hash())).toString();
        return hex.substring(0, 32).replaceAll("(....)(?!$)", "$1 ");
    }
}
