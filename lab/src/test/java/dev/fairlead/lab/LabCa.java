package dev.fairlead.lab;

import dev.fairlead.hub.tls.KeyAndChain;
import dev.fairlead.hub.tls.LocalCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A CA that is not the hub's: of a load balancer, or of whoever inspects TLS.
final class LabCa {

    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final KeyAndChain leaf;

    LabCa(Path folder) throws IOException {
        this.folder = folder;
        this.leaf =
                new LocalCa(
                                folder,
                                List.of("localhost", "127.0.0.1"),
                                Clock.systemUTC(),
                                new SecureRandom())
                        .current();
    }

    /// Its certificate for this machine, in PEM.
    Path certificate() {
        return folder.resolve("leaf.pem");
    }

    /// Certificate and key in one file, as HAProxy wants them.
    Path certificateAndKey() throws IOException {
        return Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(certificate()) + Files.readString(folder.resolve("leaf.key")));
    }

    /// What a program is started with so that this CA is among (in fact all of) those which its
    /// machine trusts.
    Map<String, String> trusted() throws IOException, GeneralSecurityException {
        var store = trust();
        var file = folder.resolve("trusted.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return Map.of(
                "FAIRLEAD_JAVA_OPTS",
                "-Djavax.net.ssl.trustStore="
                        + file
                        + " -Djavax.net.ssl.trustStorePassword="
                        + PASSWORD);
    }

    private KeyStore trust() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", leaf.chain().getLast());
        return store;
    }

    /// To dial whoever has a certificate of it.
    SSLContext client() throws GeneralSecurityException, IOException {
        var trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusts.init(trust());
        var context = SSLContext.getInstance("TLS");
        context.init(null, trusts.getTrustManagers(), null);
        return context;
    }

    /// To serve its certificate.
    SSLContext server() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "leaf",
                leaf.key(),
                PASSWORD.toCharArray(),
                leaf.chain().toArray(java.security.cert.Certificate[]::new));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
