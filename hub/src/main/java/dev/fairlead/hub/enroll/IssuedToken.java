package dev.fairlead.hub.enroll;

import dev.fairlead.hub.db.EnrolmentTokenId;
import dev.fairlead.hub.rbac.Labels;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An enrolment token as lists show it, without its secret.
///
/// @param uses how many nodes it admits
/// @param used how many it has admitted
/// @param labels what its nodes get
/// @param replace the name of the node whose place is taken, if any
/// @param createdBy `NAME@TENANT`
public record IssuedToken(
        EnrolmentTokenId id,
        int uses,
        int used,
        Labels labels,
        @Nullable String replace,
        Instant created,
        String createdBy,
        Instant expires) {}
