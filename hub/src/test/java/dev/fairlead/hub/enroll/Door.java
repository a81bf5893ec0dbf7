package dev.fairlead.hub.enroll;

import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.enroll.EnrolmentTokens.Created;
import dev.fairlead.hub.enroll.EnrolmentTokens.Wanted;
import dev.fairlead.hub.fleet.Ground;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.LinkTerms;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Role;
import dev.fairlead.link.handshake.Secret;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import dev.fairlead.link.handshake.Welcome;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// What a test needs to come to a hub's door.
@NullMarked
final class Door implements AutoCloseable {

    static final String ADDRESS = "192.0.2.50";
    static final URI HUB = URI.create("https://hub.example.com");

    final Ground ground;
    final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    final EnrolmentTokens tokens;
    final Pairings pairings;
    final HubAdmission admission;

    Door(Database database) {
        ground = new Ground(database);
        var random = new SecureRandom();
        var facts =
                new AdmissionFacts(
                        "hub.example.com",
                        List.of(HUB.toString()),
                        LinkTerms.of(dev.fairlead.link.LinkLimits.DEFAULT),
                        Map.of("ssh", "1"));
        tokens =
                new EnrolmentTokens(
                        database,
                        ground.audit,
                        ground.nodes,
                        new EnrolmentTokens.Anchor(Fingerprint.ofHash(new byte[32]), List.of(HUB)),
                        new Installer(HUB, null, Path.of("/nonexistent")),
                        ground.clock,
                        random);
        pairings =
                new Pairings(
                        database,
                        ground.audit,
                        ground.enrol,
                        facts,
                        ground.clock,
                        random,
                        executor);
        admission =
                new HubAdmission(
                        database,
                        database,
                        ground.audit,
                        ground.enrol,
                        new dev.fairlead.hub.fleet.NodeCopies(ground.audit, ground.events),
                        facts,
                        pairings,
                        (peer, address) -> new Refused(Refusal.BAD_TOKEN, "no clients here"),
                        executor);
    }

    Created token(TenantId tenant, int uses) {
        return token(tenant, uses, Map.of(), null);
    }

    Created token(TenantId tenant, int uses, Map<String, String> labels, @Nullable String replace) {
        return tokens.create(
                Ground.ADMIN,
                tenant,
                new Wanted(uses, Duration.ofHours(1), Labels.of(labels), replace));
    }

    static Secret secret(Created token) {
        return EnrolmentToken.parse(token.text()).secret();
    }

    Verdict enrol(Created token, VerifyingKey key, String hostname) {
        return enrol(secret(token), key, hostname);
    }

    Verdict enrol(Secret secret, VerifyingKey key, String hostname) {
        return admission.decide(Ground.peer(Role.ENROL, key, secret, hostname), ADDRESS);
    }

    Verdict come(VerifyingKey key) {
        return admission.decide(Ground.peer(Role.NODE, key, null, "whatever"), ADDRESS);
    }

    static Welcome welcome(Verdict verdict) {
        if (verdict instanceof Welcome welcome) {
            return welcome;
        }
        throw new AssertionError("not let in: " + verdict);
    }

    static Refused refused(Verdict verdict) {
        if (verdict instanceof Refused refused) {
            return refused;
        }
        throw new AssertionError("let in: " + verdict);
    }

    @Override
    public void close() {
        executor.close();
    }
}
