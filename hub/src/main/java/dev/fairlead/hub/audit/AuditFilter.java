package dev.fairlead.hub.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which records of the audit are wanted; what is null does not narrow.
///
/// @param act one act, or with `.*` at its end all below it
/// @param since not before
/// @param until before
public record AuditFilter(
        @Nullable String act,
        @Nullable String who,
        @Nullable Outcome outcome,
        @Nullable Instant since,
        @Nullable Instant until) {

    public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null);
}
