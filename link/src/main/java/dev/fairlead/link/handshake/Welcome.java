package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import java.util.List;
import java.util.Map;

/// The hub says yes: who the dialer is to it, and the terms of the link.
///
/// @param tenant the tenant's id
/// @param tenantName the tenant's name
/// @param id the id of the node, or of the client's sign-in or API token
/// @param name the name of the node, or of the user
/// @param epoch numbers the links of one node: the higher one is the one that counts
/// @param hubs addresses to dial next time, `https://HOST[:PORT]`, best first; empty where the hub
///   knows none better
/// @param capabilities what the hub can do, name to version
public record Welcome(
        String tenant,
        String tenantName,
        String id,
        String name,
        long epoch,
        LinkTerms terms,
        List<String> hubs,
        Map<String, String> capabilities)
        implements Verdict {

    private static final int MAX_HUBS = 8;

    public Welcome {
        hubs = List.copyOf(hubs);
        capabilities = Map.copyOf(capabilities);
    }

    Headers headers() {
        var headers =
                Headers.of(
                        "tenant", tenant,
                        "tenant-name", tenantName,
                        "id", id,
                        "name", name,
                        "epoch", Long.toString(epoch));
        headers = terms.addTo(headers).with("hubs", String.join(" ", hubs));
        return Fields.withMap(headers, "capabilities", capabilities);
    }

    static Welcome of(Headers headers) {
        String hubs = Fields.optionalText(headers, "hubs");
        var addresses =
                hubs == null || hubs.isEmpty() ? List.<String>of() : List.of(hubs.split(" "));
        if (addresses.size() > MAX_HUBS
                || addresses.stream().anyMatch(a -> !a.startsWith("https://"))) {
            throw new ProtocolException("header hubs must be at most 8 https addresses");
        }
        return new Welcome(
                Fields.text(headers, "tenant"),
                Fields.text(headers, "tenant-name"),
                Fields.text(headers, "id"),
                Fields.text(headers, "name"),
                Fields.number(headers, "epoch", 0, Long.MAX_VALUE),
                LinkTerms.of(headers),
                addresses,
                Fields.map(headers, "capabilities"));
    }
}
