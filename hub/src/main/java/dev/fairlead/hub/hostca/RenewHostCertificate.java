package dev.fairlead.hub.hostca;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.fleet.NodeRenamed;
import dev.fairlead.hub.tunnel.Links;
import dev.fairlead.link.Calls;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a node that got another name ask for its SSH host certificate anew, so that people who have
/// heard of the name can use it at once. A node without a link asks when it comes back.
public final class RenewHostCertificate implements NodeRenamed {

    private static final Logger log = LoggerFactory.getLogger(RenewHostCertificate.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Links links;

    public RenewHostCertificate(Links links) {
        this.links = links;
    }

    @Override
    public void renamed(TenantId tenant, NodeId node) {
        var link = links.find(tenant, node);
        if (link.isEmpty()) {
            return;
        }
        try {
            Calls.ask(
                    link.get().link(),
                    new Calls.Question(
                            UUID.randomUUID().toString(),
                            "renew-host-cert",
                            DEADLINE,
                            false,
                            new byte[0]));
        } catch (IOException e) {
            log.warn(
                    "{} has not renewed its SSH host certificate after it was renamed; it will"
                            + " within a day: {}",
                    node,
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
