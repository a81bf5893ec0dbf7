package dev.fairlead.hub.tls;

import dev.fairlead.hub.ConfigException;
import dev.fairlead.hub.HubConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates that clients of this hub see, whoever shows them: the hub with files of the
/// administrator's or of its own CA, or a load balancer whose certificates are configured.
///
/// Looks every few seconds whether the files changed or the CA's leaf is to be renewed. What cannot
/// be used is logged once, and what was served before stays.
public final class ServedCertificates implements AutoCloseable {

    /// How often files are looked at.
    static final Duration LOOK = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(ServedCertificates.class);

    private interface Source {
        Served load() throws IOException;
    }

    /// Whose certificates clients see.
    public enum Origin {
        /// Those of the hub's own CA, which renews them.
        OWN_CA,
        /// Files of the administrator's.
        FILES,
        /// A load balancer's, which ends TLS.
        LOAD_BALANCER
    }

    /// What clients see.
    ///
    /// @param chains one, or more behind load balancers; each leaf first
    /// @param renewed when the hub makes the next one by itself; null where it does not
    public record Shown(
            Origin origin, List<List<X509Certificate>> chains, @Nullable Instant renewed) {}

    /// @param pair null behind a load balancer
    /// @param leafHashes SHA-256 of each leaf that a client may see
    private record Served(@Nullable KeyAndChain pair, List<byte[]> leafHashes, Shown shown) {}

    private final Source source;
    private final List<Path> files;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("certificates").factory());
    private volatile Served served;
    private volatile List<byte[]> earlierHashes = List.of();
    private String fingerprint;

    private ServedCertificates(Source source, List<Path> files) throws IOException {
        this.source = source;
        this.files = files;
        this.fingerprint = fingerprintOfFiles();
        this.served = source.load();
    }

    /// Starts with what the configuration says.
    ///
    /// @throws ConfigException where the configured files cannot be used
    /// @throws IOException where the local CA's folder cannot be read or written
    public static ServedCertificates start(HubConfig config, Clock clock, SecureRandom random)
            throws IOException {
        var tls = config.tls();
        ServedCertificates certificates;
        if (tls == null && !config.behindProxy()) {
            var ca = new LocalCa(config.data().resolve("tls"), config.names(), clock, random);
            certificates = new ServedCertificates(() -> ofLocalCa(ca.current()), List.of());
        } else {
            var files =
                    tls == null ? config.leafCertificates() : List.of(tls.certificate(), tls.key());
            Source source =
                    tls == null
                            ? () -> ofBalancers(files)
                            : () -> ofFiles(Pem.read(tls.certificate(), tls.key()));
            try {
                certificates = new ServedCertificates(source, files);
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigException(
                        (tls == null ? "leaf-certificates" : "tls")
                                + " cannot be used: "
                                + words(e));
            }
        }
        certificates.clockwork.scheduleWithFixedDelay(
                certificates::look, LOOK.toSeconds(), LOOK.toSeconds(), TimeUnit.SECONDS);
        return certificates;
    }

    /// The pair that this hub serves.
    ///
    /// @throws IllegalStateException behind a load balancer
    public KeyAndChain pair() {
        var pair = served.pair();
        if (pair == null) {
            throw new IllegalStateException("a load balancer ends TLS");
        }
        return pair;
    }

    /// SHA-256 of each leaf certificate that a client may have seen: those shown now, and those
    /// before the last change, for connections that were just being made.
    public List<byte[]> leafHashes() {
        var hashes = new ArrayList<>(served.leafHashes());
        hashes.addAll(earlierHashes);
        return hashes;
    }

    /// The PEM of the local CA, where there is one.
    public Optional<String> caPem() {
        return Optional.of(served.shown())
                .filter(one -> one.origin() == Origin.OWN_CA)
                .map(one -> one.chains().getFirst().getLast())
                .map(ca -> {
                    try {
                        return Pem.write("CERTIFICATE", ca.getEncoded());
                    } catch (CertificateEncodingException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /// What clients see now.
    public Shown shown() {
        return served.shown();
    }

    /// Calls `listener` after each change of the served pair.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Looks once now, as it happens every few seconds.
    synchronized void look() {
        try {
            if (!files.isEmpty()) {
                String now = fingerprintOfFiles();
                if (now.equals(fingerprint)) {
                    return;
                }
                fingerprint = now;
            }
            var loaded = source.load();
            if (sameHashes(loaded, served)) {
                return;
            }
            earlierHashes = served.leafHashes();
            served = loaded;
            log.info(
                    "The served certificate changed: SHA-256 {}",
                    loaded.leafHashes().stream().map(HexFormat.of()::formatHex).toList());
            listeners.forEach(Runnable::run);
        } catch (IOException | RuntimeException e) {
            log.error(
                    "The new certificate cannot be used, the old one stays in place: {}", words(e));
        }
    }

    private static boolean sameHashes(Served a, Served b) {
        var hex = HexFormat.of();
        return a.leafHashes().stream()
                .map(hex::formatHex)
                .toList()
                .equals(b.leafHashes().stream().map(hex::formatHex).toList());
    }

    /// One text for the contents of all files; a file that is missing counts as empty.
    private String fingerprintOfFiles() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
                digest.update((byte) 0);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Served ofLocalCa(KeyAndChain pair) {
        return served(Origin.OWN_CA, pair, LocalCa.renewAt(pair.leaf()));
    }

    private static Served ofFiles(KeyAndChain pair) {
        return served(Origin.FILES, pair, null);
    }

    private static Served served(Origin origin, KeyAndChain pair, @Nullable Instant renewed) {
        var shown = new Shown(origin, List.of(pair.chain()), renewed);
        return new Served(pair, List.of(pair.leafHash()), shown);
    }

    private static Served ofBalancers(List<Path> files) throws IOException {
        var chains = new ArrayList<List<X509Certificate>>();
        for (Path file : files) {
            chains.add(Pem.certificates(file));
        }
        return new Served(
                null,
                chains.stream().map(chain -> KeyAndChain.hash(chain.getFirst())).toList(),
                new Shown(Origin.LOAD_BALANCER, List.copyOf(chains), null));
    }

    private static String words(Exception e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException missing ->
                    "there is no file " + missing.getFile();
            case java.nio.file.AccessDeniedException denied ->
                    denied.getFile() + " may not be read by the hub's user";
            default -> String.valueOf(e.getMessage());
        };
    }

    @Override
    public void close() {
        clockwork.shutdownNow();
    }
}
