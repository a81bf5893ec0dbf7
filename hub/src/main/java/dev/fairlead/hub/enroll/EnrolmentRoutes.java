package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.EnrolmentTokenId;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.PairingId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Enrolment tokens, and the approval of machines that pair.
public final class EnrolmentRoutes implements Endpoints.Routes {

    private static final Duration LIFE = Duration.ofHours(1);

    private final EnrolmentTokens tokens;
    private final Pairings pairings;
    private final Tenants tenants;

    public EnrolmentRoutes(EnrolmentTokens tokens, Pairings pairings, Tenants tenants) {
        this.tokens = tokens;
        this.pairings = pairings;
        this.tenants = tenants;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.ENROLMENT_SEE, "listEnrolmentTokens", this::list)
                .needs(Act.ENROLMENT_MANAGE, "createEnrolmentToken", this::create)
                .needs(Act.ENROLMENT_MANAGE, "deleteEnrolmentToken", this::delete)
                .needs(Act.PAIRINGS_SEE, "listPairings", this::listPairings)
                .needs(Act.PAIRINGS_APPROVE, "lookUpPairing", this::lookUp)
                .needs(Act.PAIRINGS_APPROVE, "approvePairing", this::approve)
                .needs(Act.PAIRINGS_APPROVE, "denyPairing", this::deny);
    }

    private record CreateBody(
            @Nullable Integer uses,
            @Nullable Long expiresIn,
            @Nullable Map<String, String> labels,
            @Nullable String replace) {}

    private record LookUpBody(String code) {}

    private record DenyBody(String code) {}

    private record ApproveBody(
            String code,
            String fingerprint,
            @Nullable String name,
            @Nullable Map<String, String> labels) {}

    /// The schema `EnrolmentToken`.
    private record Shown(
            String id,
            int uses,
            int used,
            Map<String, String> labels,
            @Nullable String replace,
            Instant created,
            String createdBy,
            Instant expires) {

        static Shown of(IssuedToken token) {
            return new Shown(
                    token.id().text(),
                    token.uses(),
                    token.used(),
                    token.labels().map(),
                    token.replace(),
                    token.created(),
                    token.createdBy(),
                    token.expires());
        }
    }

    /// The schema `EnrolmentTokenCreated`.
    private record Created(
            String id,
            String token,
            @Nullable String installLine,
            String joinLine,
            int uses,
            Instant expires) {}

    /// The schema `Pairing`; what the machine did not say is empty.
    private record PairingShown(
            String fingerprint,
            String name,
            String hostname,
            String os,
            String arch,
            String version,
            String address,
            Instant expires,
            String state) {

        static PairingShown of(Pairings.Shown pairing) {
            var facts = pairing.facts();
            return new PairingShown(
                    pairing.fingerprint(),
                    pairing.name().text(),
                    orEmpty(facts.hostname()),
                    orEmpty(facts.os()),
                    orEmpty(facts.arch()),
                    orEmpty(facts.agentVersion()),
                    pairing.address(),
                    pairing.expires(),
                    pairing.approved() ? "approved" : "waiting");
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }
    }

    /// The schema `WaitingPairing`; what the machine did not say is empty.
    private record WaitingShown(
            String id, String hostname, String os, String arch, String address, Instant expires) {

        static WaitingShown of(Pairings.Waits waits) {
            var facts = waits.facts();
            return new WaitingShown(
                    waits.id().text(),
                    PairingShown.orEmpty(facts.hostname()),
                    PairingShown.orEmpty(facts.os()),
                    PairingShown.orEmpty(facts.arch()),
                    waits.address(),
                    waits.expires());
        }
    }

    private Answer listPairings(Call call) {
        var after =
                call.cursor()
                        .map(c -> PairingId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var rows = pairings.waiting(after, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), one -> one.id().text(), WaitingShown::of));
    }

    private Answer list(Call call) {
        var before =
                call.cursor()
                        .map(c -> EnrolmentTokenId.parse(c).orElseThrow(Call::notOfThisList))
                        .orElse(null);
        var rows = tokens.list(call.tenant(), before, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), t -> t.id().text(), Shown::of));
    }

    private Answer create(Call call) {
        var body = call.body(CreateBody.class);
        var seconds = body.expiresIn();
        var uses = body.uses();
        var made =
                tokens.create(
                        call.actor(),
                        call.tenant(),
                        new EnrolmentTokens.Wanted(
                                uses == null ? 1 : uses,
                                seconds == null ? LIFE : Duration.ofSeconds(seconds),
                                labels(body.labels()),
                                body.replace()));
        return Answer.created(
                new Created(
                        made.token().id().text(),
                        made.text(),
                        made.installLine(),
                        made.joinLine(),
                        made.token().uses(),
                        made.token().expires()));
    }

    private Answer delete(Call call) {
        var id =
                EnrolmentTokenId.parse(call.need("enrolmentToken"))
                        .orElseThrow(() -> Rejected.notFound("enrolment token"));
        tokens.revoke(call.actor(), call.tenant(), id);
        return Answer.done();
    }

    private Answer lookUp(Call call) {
        var body = call.body(LookUpBody.class);
        return Answer.ok(
                PairingShown.of(pairings.lookUp(call.actor(), call.tenant(), body.code())));
    }

    private Answer approve(Call call) {
        var body = call.body(ApproveBody.class);
        var name = body.name();
        String tenantName =
                tenants.find(call.tenant().text())
                        .orElseThrow(() -> Rejected.notFound("tenant"))
                        .name()
                        .text();
        var approved =
                pairings.approve(
                        call.actor(),
                        call.tenant(),
                        tenantName,
                        body.code(),
                        body.fingerprint(),
                        name == null ? null : Name.of("node", name),
                        labels(body.labels()));
        return Answer.ok(PairingShown.of(approved));
    }

    private Answer deny(Call call) {
        pairings.deny(call.actor(), call.tenant(), call.body(DenyBody.class).code());
        return Answer.done();
    }

    private static Labels labels(@Nullable Map<String, String> labels) {
        return labels == null ? Labels.NONE : Labels.of(labels);
    }
}
