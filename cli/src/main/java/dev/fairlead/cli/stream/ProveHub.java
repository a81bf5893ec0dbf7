package dev.fairlead.cli.stream;

import dev.fairlead.link.EventLoops;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.HubIdentity;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The first word with a hub whose certificate this machine does not know yet: it must prove that
/// it holds the root key of the fingerprint that a person gave, and that the TLS certificate is its
/// own. Its CA comes out of that proof. Nothing is said of this side before or after.
public final class ProveHub {

    private ProveHub() {}

    /// @param profileName for messages
    /// @throws CliException where the hub cannot be reached or is another one
    public static HubIdentity now(
            URI hub,
            Fingerprint fingerprint,
            ProxySettings proxies,
            Clock clock,
            String profileName)
            throws InterruptedException {
        var loops = EventLoops.create(1, "link");
        try {
            return new Dialer(loops, clock)
                    .prove(
                            new DialRequest(
                                    hub,
                                    new TlsTrust.Any(),
                                    proxies,
                                    HubAnchor.of(fingerprint),
                                    null))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialException failure) {
                throw DialProblem.of(failure, hub, profileName);
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
