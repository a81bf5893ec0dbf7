package dev.fairlead.hub.audit;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.FollowLog;
import dev.fairlead.hub.http.Guard;
import dev.fairlead.hub.http.Page;
import dev.fairlead.hub.rbac.Act;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tenant's audit: read, and followed as it grows.
public final class AuditRoutes implements Endpoints.Routes {

    private final Audit audit;
    private final FollowLog<AuditRecord> follow;

    public AuditRoutes(Audit audit, Guard guard) {
        this.audit = audit;
        this.follow =
                new FollowLog<>(guard, new Log(audit), AuditRecord::seq, r -> "audit", Shown::of);
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints
                .needs(Act.AUDIT_SEE, "listAudit", this::list)
                .needs(Act.AUDIT_SEE, "showAudit", this::show)
                .needs(Act.AUDIT_SEE, "followAudit", this::follow);
    }

    /// The schema `AuditRecord`.
    private record Shown(
            long seq,
            Instant at,
            String act,
            String who,
            @Nullable String whoId,
            @Nullable String by,
            @Nullable String address,
            @Nullable String subject,
            @Nullable String subjectId,
            String outcome,
            int count,
            Map<String, ?> details) {

        static Shown of(AuditRecord record) {
            var entry = record.entry();
            return new Shown(
                    record.seq(),
                    record.at(),
                    entry.act(),
                    entry.actor().who(),
                    entry.actor().id(),
                    entry.actor().credential(),
                    entry.actor().address(),
                    entry.subject(),
                    entry.subjectId(),
                    entry.outcome().label(),
                    entry.count(),
                    entry.details());
        }
    }

    private Answer list(Call call) {
        long before = call.numberCursor().orElse(Long.MAX_VALUE);
        var rows = audit.before(call.tenant(), filter(call), before, call.limit() + 1);
        return Answer.ok(Page.of(rows, call.limit(), r -> Long.toString(r.seq()), Shown::of));
    }

    private Answer show(Call call) {
        long seq = Long.parseLong(call.need("seq"));
        return audit.before(call.tenant(), AuditFilter.ALL, seq + 1, 1).stream()
                .filter(record -> record.seq() == seq)
                .findFirst()
                .map(record -> Answer.ok(Shown.of(record)))
                .orElseThrow(() -> Rejected.notFound("audit record"));
    }

    private Answer follow(Call call) {
        var filter = filter(call);
        return follow.answer(call, Act.AUDIT_SEE, record -> passes(filter, record.entry()));
    }

    private static AuditFilter filter(Call call) {
        return new AuditFilter(
                call.get("act").orElse(null),
                call.get("who").orElse(null),
                call.get("outcome")
                        .map(o -> Outcome.valueOf(o.toUpperCase(Locale.ROOT)))
                        .orElse(null),
                call.time("since"),
                call.time("until"));
    }

    private static boolean passes(AuditFilter filter, AuditEntry entry) {
        String act = filter.act();
        return (act == null
                        || entry.act().equals(act)
                        || (act.endsWith(".*")
                                && entry.act().startsWith(act.substring(0, act.length() - 1))))
                && (filter.who() == null || entry.actor().who().equals(filter.who()))
                && (filter.outcome() == null || entry.outcome() == filter.outcome());
    }

    private record Log(Audit audit) implements FollowLog.Source<AuditRecord> {

        @Override
        public long last(TenantId tenant) {
            return audit.last(tenant);
        }

        @Override
        public List<AuditRecord> after(TenantId tenant, long number, int limit) {
            return audit.after(tenant, AuditFilter.ALL, number, limit);
        }

        @Override
        public AutoCloseable follow(TenantId tenant, Runnable wake) {
            return audit.follow(tenant, wake);
        }
    }
}
