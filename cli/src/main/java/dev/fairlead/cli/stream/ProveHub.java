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
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The first word with a hub: it must prove that the TLS certificate is its own and, where a person
/// gave a fingerprint, that it holds the root key of that. Its CA comes out of the proof. Nothing
/// is said of this side before or after.
public final class ProveHub {

    private ProveHub() {}

    /// @param fingerprint whom to expect, whatever the certificate; null where a certificate that
    ///   this machine trusts has to do
    /// @param profileName for messages
    /// @throws CliException where the hub cannot be reached or is another one
    public static HubIdentity now(
            URI hub,
            @Nullable Fingerprint fingerprint,
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
                                    fingerprint == null
                                            ? new TlsTrust.Verified(List.of())
                                            : new TlsTrust.Any(),
                                    proxies,
                                    fingerprint == null
                                            ? HubAnchor.any()
                                            : HubAnchor.of(fingerprint),
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
