package dev.fairlead.hub.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.tls.ServedCertificates;
import dev.fairlead.hub.tunnel.HubKeys;
import dev.fairlead.link.handshake.Fingerprint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The schema `HubSettings`: how this hub is set up.
public record HubSettings(
        String version,
        String url,
        List<String> names,
        Instant started,
        boolean ownDatabase,
        Identity identity,
        Tls tls,
        List<Retention> retention,
        List<Limit> limits) {

    /// What agents trust.
    ///
    /// @param fingerprint SHA-256 of the deployment's root key: the anchor
    /// @param bundle the number of the list of keys
    record Identity(String fingerprint, long bundle, List<Key> keys) {}

    /// @param own whether this hub proves itself with it
    record Key(String fingerprint, boolean own) {}

    /// What browsers and other clients see.
    ///
    /// @param chains each leaf first
    record Tls(Origin origin, List<List<Certificate>> chains, @Nullable Instant renewed) {}

    enum Origin {
        @JsonProperty("own-ca")
        OWN_CA,
        @JsonProperty("files")
        FILES,
        @JsonProperty("load-balancer")
        LOAD_BALANCER
    }

    public static HubSettings of(
            HubConfig config,
            String version,
            String url,
            Instant started,
            HubKeys keys,
            ServedCertificates.Shown shown) {
        return new HubSettings(
                version,
                url,
                config.names(),
                started,
                config.database().url() == null,
                new Identity(
                        keys.fingerprint().toString(),
                        keys.bundle().number(),
                        keys.bundle().keys().stream()
                                .map(key ->
                                        new Key(Fingerprint.of(key).toString(), keys.isOwn(key)))
                                .toList()),
                new Tls(
                        switch (shown.origin()) {
                            case OWN_CA -> Origin.OWN_CA;
                            case FILES -> Origin.FILES;
                            case LOAD_BALANCER -> Origin.LOAD_BALANCER;
                        },
                        shown.chains().stream()
                                .map(chain -> chain.stream().map(Certificate::of).toList())
                                .toList(),
                        shown.renewed()),
                Retention.all(),
                Limit.all(config));
    }
}
