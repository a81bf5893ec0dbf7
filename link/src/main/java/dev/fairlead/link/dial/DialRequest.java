package dev.fairlead.link.dial;

import dev.fairlead.link.handshake.HandshakeSettings;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.InnerTls;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.PairingPerson;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whom to dial, how, and as whom.
///
/// @param hub `https://HOST[:PORT]`
/// @param introduction null for [Dialer#prove] only
/// @param step how long each step may take: resolving and connecting, the proxy, TLS, the upgrade
/// @param handshake times and nonces of the proof of identity
/// @param innerTls when to put a second TLS inside
public record DialRequest(
        URI hub,
        TlsTrust trust,
        ProxySettings proxies,
        HubAnchor anchor,
        @Nullable Introduction introduction,
        PairingPerson person,
        Duration step,
        HandshakeSettings handshake,
        InnerTls innerTls) {

    public static final Duration STEP = Duration.ofSeconds(10);

    /// @throws IllegalArgumentException where the address is none of a hub
    public DialRequest {
        String path = hub.getRawPath();
        if (!"https".equalsIgnoreCase(hub.getScheme())
                || hub.getHost() == null
                || hub.getRawUserInfo() != null
                || !(path == null || path.isEmpty() || path.equals("/"))) {
            throw new IllegalArgumentException(
                    "a hub's address is https://HOST[:PORT], not " + hub);
        }
    }

    /// With inner TLS where somebody is in between.
    public DialRequest(
            URI hub,
            TlsTrust trust,
            ProxySettings proxies,
            HubAnchor anchor,
            @Nullable Introduction introduction,
            PairingPerson person,
            Duration step,
            HandshakeSettings handshake) {
        this(hub, trust, proxies, anchor, introduction, person, step, handshake, InnerTls.AUTO);
    }

    /// With the standard times and nobody to pair.
    public DialRequest(
            URI hub,
            TlsTrust trust,
            ProxySettings proxies,
            HubAnchor anchor,
            @Nullable Introduction introduction) {
        this(
                hub,
                trust,
                proxies,
                anchor,
                introduction,
                PairingPerson.nobody(),
                STEP,
                HandshakeSettings.standard());
    }

    public DialRequest withInnerTls(InnerTls when) {
        return new DialRequest(
                hub, trust, proxies, anchor, introduction, person, step, handshake, when);
    }

    /// The hub's name or address, without the brackets of IPv6.
    String host() {
        String host = hub.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return hub.getPort() < 0 ? 443 : hub.getPort();
    }

    String hostAndPort() {
        return hub.getHost() + ":" + port();
    }
}
