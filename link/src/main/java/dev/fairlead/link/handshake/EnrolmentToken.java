package dev.fairlead.link.handshake;

import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// What is pasted on a machine to enrol it: where the hub is, who it must prove to be, and the
/// secret that admits the machine.
///
/// Text: `flt_` and, in base64url without padding, `u8 version (1), 32 bytes root fingerprint, 32
/// bytes secret, u8 count, count x (u16 length, https URL), u32 CRC-32 of all before it`. The CRC
/// is there to tell a mistyped token from a refused one without asking the hub.
///
/// @param root the fingerprint of the deployment's root key
/// @param hubs 1 to 8 addresses `https://HOST[:PORT]`, to be tried in order
public record EnrolmentToken(Fingerprint root, Secret secret, List<URI> hubs) {

    public static final String PREFIX = "flt_";
    public static final int SECRET_LENGTH = 32;

    private static final int VERSION = 1;
    private static final int MAX_HUBS = 8;
    private static final int MAX_TEXT = 8 * 1024;
    private static final String COPY = "; copy the whole line that `fairlead token create` printed";

    public EnrolmentToken {
        hubs = List.copyOf(hubs);
        if (secret.length() != SECRET_LENGTH) {
            throw new IllegalArgumentException("an enrolment secret has 32 bytes");
        }
        if (hubs.isEmpty() || hubs.size() > MAX_HUBS) {
            throw new IllegalArgumentException("an enrolment token names 1 to 8 hubs");
        }
        hubs.forEach(EnrolmentToken::requireHub);
    }

    /// The line to paste. Secret: whoever has it can enrol.
    public String text() {
        var addresses =
                hubs.stream()
                        .map(hub -> hub.toString().getBytes(StandardCharsets.US_ASCII))
                        .toList();
        int length = 2 + Fingerprint.LENGTH + SECRET_LENGTH + 4;
        var out =
                ByteBuffer.allocate(length + addresses.stream().mapToInt(a -> 2 + a.length).sum());
        out.put((byte) VERSION).put(root.bytes()).put(secret.bytes()).put((byte) hubs.size());
        addresses.forEach(address -> out.putShort((short) address.length).put(address));
        out.putInt(crc(out.array(), out.position()));
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
    }

    /// Reads a token; blanks and line breaks that a terminal or mail program put in do not matter.
    ///
    /// @throws IllegalArgumentException with a sentence that says what is wrong with it and never
    ///   repeats it
    public static EnrolmentToken parse(String text) {
        String token = text.replaceAll("\\s", "");
        if (!token.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "this is not an enrolment token: one begins with " + PREFIX + COPY);
        }
        if (token.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "this is far too long for an enrolment token" + COPY);
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            // Without its cause, whose text could quote the token.
            throw new IllegalArgumentException(
                    "the enrolment token is cut short or has a character that none has" + COPY);
        }
        if (bytes.length > 0 && bytes[0] != VERSION) {
            throw new IllegalArgumentException(
                    "the enrolment token is damaged, or of format %d, and this program reads format %d; install the agent that this hub serves"
                            .formatted(bytes[0] & 0xff, VERSION));
        }
        return read(bytes);
    }

    private static EnrolmentToken read(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        byte[] root = new byte[Fingerprint.LENGTH];
        byte[] secret = new byte[SECRET_LENGTH];
        var addresses = new ArrayList<String>();
        int crc;
        int covered;
        try {
            in.get();
            in.get(root).get(secret);
            for (int count = in.get() & 0xff; count > 0; count--) {
                byte[] address = new byte[in.getShort() & 0xffff];
                in.get(address);
                addresses.add(new String(address, StandardCharsets.US_ASCII));
            }
            covered = in.position();
            crc = in.getInt();
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the enrolment token is cut short" + COPY);
        }
        if (in.hasRemaining() || crc != crc(bytes, covered)) {
            throw new IllegalArgumentException("the enrolment token is mistyped or damaged" + COPY);
        }
        return new EnrolmentToken(
                Fingerprint.ofHash(root),
                Secret.of(secret),
                addresses.stream().map(EnrolmentToken::hub).toList());
    }

    private static int crc(byte[] bytes, int length) {
        var crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static URI hub(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the enrolment token names a hub that is no address", e);
        }
    }

    private static void requireHub(URI hub) {
        String path = hub.getRawPath();
        if (!"https".equals(hub.getScheme())
                || hub.getHost() == null
                || hub.getRawUserInfo() != null
                || hub.getRawQuery() != null
                || hub.getRawFragment() != null
                || !(path == null || path.isEmpty() || path.equals("/"))
                || hub.toString().length() > 300) {
            throw new IllegalArgumentException(
                    "a hub's address is https://HOST[:PORT], not " + hub);
        }
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof EnrolmentToken other
                && root.equals(other.root)
                && secret.equals(other.secret)
                && hubs.equals(other.hubs);
    }

    @Override
    public int hashCode() {
        return hubs.hashCode();
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "EnrolmentToken[root=" + root + ", hubs=" + hubs + "]";
    }
}
