package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;

/// An operator approved a pairing; the person at the node is shown this and has the last word.
///
/// @param hub the hub's display name
/// @param tenant the name of the tenant that the node would join
/// @param approver the name of the operator
public record Approved(String hub, String tenant, String approver) implements Approval {

    Headers headers() {
        return Headers.of(
                "hub", Fields.clean(hub),
                "tenant", Fields.clean(tenant),
                "approver", Fields.clean(approver));
    }

    static Approved of(Headers headers) {
        return new Approved(
                Fields.text(headers, "hub"),
                Fields.text(headers, "tenant"),
                Fields.text(headers, "approver"));
    }
}
