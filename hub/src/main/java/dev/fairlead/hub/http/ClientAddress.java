package dev.fairlead.hub.http;

import dev.fairlead.hub.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where somebody comes from: the other end of the connection or, behind trusted proxies only, the
/// last address in `X-Forwarded-For` that is not one of theirs. Anything further left is whatever
/// the client wrote.
public record ClientAddress(List<Cidr> trustedProxies) {

    /// Whether this peer may connect at all.
    public boolean mayConnect(InetAddress peer) {
        return trustedProxies.isEmpty() || isProxy(peer);
    }

    /// @param forwarded the header's value, several joined by commas; null where there is none
    public String of(InetAddress peer, @Nullable String forwarded) {
        if (trustedProxies.isEmpty() || forwarded == null) {
            return peer.getHostAddress();
        }
        InetAddress nearest = peer;
        var hops = List.of(forwarded.split(",", -1)).reversed();
        for (String hop : hops) {
            if (!isProxy(nearest)) {
                break;
            }
            try {
                nearest = InetAddress.ofLiteral(hop.strip());
            } catch (IllegalArgumentException e) {
                break;
            }
        }
        return nearest.getHostAddress();
    }

    private boolean isProxy(InetAddress address) {
        return trustedProxies.stream().anyMatch(range -> range.contains(address));
    }
}
