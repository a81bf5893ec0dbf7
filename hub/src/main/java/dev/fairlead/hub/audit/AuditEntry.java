package dev.fairlead.hub.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One act to be recorded.
///
/// @param act such as `grant.create`, `session.start`, `sign-in`
/// @param subject what it was done to, in words
/// @param subjectId the typed id of that
/// @param count more than 1 where failures of one source within a minute are one record
/// @param details further facts; never a secret
public record AuditEntry(
        String act,
        Actor actor,
        @Nullable String subject,
        @Nullable String subjectId,
        Outcome outcome,
        int count,
        Map<String, ?> details) {

    /// An act that was done.
    public static AuditEntry done(
            String act, Actor actor, @Nullable String subject, @Nullable String subjectId) {
        return new AuditEntry(act, actor, subject, subjectId, Outcome.DONE, 1, Map.of());
    }

    /// An act that was refused.
    ///
    /// @param reason the label of why
    public static AuditEntry denied(
            String act, Actor actor, @Nullable String subject, String reason) {
        return new AuditEntry(
                act, actor, subject, null, Outcome.DENIED, 1, Map.of("reason", reason));
    }

    public AuditEntry with(Map<String, ?> more) {
        return new AuditEntry(act, actor, subject, subjectId, outcome, count, Map.copyOf(more));
    }
}
