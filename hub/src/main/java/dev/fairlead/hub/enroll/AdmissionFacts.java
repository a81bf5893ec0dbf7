package dev.fairlead.hub.enroll;

import dev.fairlead.hub.fleet.Enrolled;
import dev.fairlead.link.handshake.LinkTerms;
import dev.fairlead.link.handshake.Welcome;
import java.util.List;
import java.util.Map;

/// What this hub tells those whom it lets in.
///
/// @param name the hub's name, shown to the person at a node that pairs
/// @param hubs addresses to dial next time, best first; at most 8
/// @param capabilities what the hub can do, name to version
public record AdmissionFacts(
        String name, List<String> hubs, LinkTerms terms, Map<String, String> capabilities) {

    Welcome welcome(Enrolled node, String tenantName) {
        return new Welcome(
                node.tenant().text(),
                tenantName,
                node.node().text(),
                node.name().text(),
                node.epoch(),
                terms,
                hubs,
                capabilities);
    }
}
