package dev.fairlead.hub.tls;

import dev.fairlead.hub.db.SecretFile;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys of the TLS session tickets that this hub gives out, in a file, so that agents resume
/// their TLS after a restart of the hub too: a fleet that comes back all at once then costs neither
/// side a signature of the certificate.
///
/// A key seals tickets for a day and opens them for another, and is then thrown away. Tickets are
/// for one certificate: with another one they are worth nothing, so that whoever dials sees it. In
/// TLS 1.3 a session that is resumed has fresh keys all the same (RFC 8446, `psk_dhe_ke`).
final class TicketKeys {

    static final Duration FRESH = Duration.ofDays(1);

    private static final Logger log = LoggerFactory.getLogger(TicketKeys.class);
    private static final int LENGTH =
            OpenSslSessionTicketKey.NAME_SIZE
                    + OpenSslSessionTicketKey.HMAC_KEY_SIZE
                    + OpenSslSessionTicketKey.AES_KEY_SIZE;

    private final Path file;
    private final InstantSource clock;
    private final SecureRandom random;

    /// @param made when it began to seal
    /// @param leaf SHA-256 of the certificate that it is for
    private record Key(Instant made, String leaf, byte[] bytes) {

        String line() {
            return made.getEpochSecond() + " " + leaf + " " + HexFormat.of().formatHex(bytes);
        }

        OpenSslSessionTicketKey ticket() {
            int name = OpenSslSessionTicketKey.NAME_SIZE;
            int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
            return new OpenSslSessionTicketKey(
                    Arrays.copyOf(bytes, name),
                    Arrays.copyOfRange(bytes, name, hmac),
                    Arrays.copyOfRange(bytes, hmac, LENGTH));
        }
    }

    TicketKeys(Path file, InstantSource clock, SecureRandom random) {
        this.file = file;
        this.clock = clock;
        this.random = random;
    }

    /// Those for a certificate, the one that seals first; made and thrown away as it is time. A
    /// file that cannot be read or written costs resumption over a restart, and nothing else.
    ///
    /// @param leafHash SHA-256 of the certificate
    synchronized OpenSslSessionTicketKey[] of(byte[] leafHash) {
        var now = clock.instant();
        var leaf = HexFormat.of().formatHex(leafHash);
        List<Key> keys = new ArrayList<>(read());
        keys.removeIf(key ->
                !key.leaf.equals(leaf)
                        || key.made.isAfter(now)
                        || key.made.plus(FRESH.multipliedBy(2)).isBefore(now));
        if (keys.isEmpty() || !key(keys).made.plus(FRESH).isAfter(now)) {
            byte[] bytes = new byte[LENGTH];
            random.nextBytes(bytes);
            keys.addFirst(new Key(now, leaf, bytes));
            write(keys);
        }
        return keys.stream().map(Key::ticket).toArray(OpenSslSessionTicketKey[]::new);
    }

    private static Key key(List<Key> keys) {
        return keys.getFirst();
    }

    private List<Key> read() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<Key> keys = new ArrayList<>();
            for (String line : SecretFile.read(file).lines().toList()) {
                String[] words = line.split(" ");
                byte[] bytes = HexFormat.of().parseHex(words[2]);
                if (bytes.length != LENGTH) {
                    throw new IllegalArgumentException("a key has " + bytes.length + " bytes");
                }
                keys.add(new Key(Instant.ofEpochSecond(Long.parseLong(words[0])), words[1], bytes));
            }
            return keys;
        } catch (IOException | RuntimeException e) {
            log.warn("{} is made anew: {}", file, e.getMessage());
            return List.of();
        }
    }

    private void write(List<Key> keys) {
        try {
            SecretFile.write(file, String.join("\n", keys.stream().map(Key::line).toList()) + "\n");
        } catch (IOException e) {
            log.warn(
                    "{} cannot be written: agents will not resume their TLS after a restart",
                    file,
                    e);
        }
    }
}
