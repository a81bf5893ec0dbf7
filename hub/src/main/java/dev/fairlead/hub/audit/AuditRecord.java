package dev.fairlead.hub.audit;

import java.time.Instant;

/// One line of a tenant's audit.
///
/// @param seq its number, in commit order without gaps
/// @param at by the database's clock
public record AuditRecord(long seq, Instant at, AuditEntry entry) {}
