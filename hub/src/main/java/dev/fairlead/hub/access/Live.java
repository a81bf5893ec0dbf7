package dev.fairlead.hub.access;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import org.jspecify.annotations.Nullable;

/// Something that lives by somebody's right and longer than a request: a session, a client link, a
/// stream of events.
public interface Live {

    Principal principal();

    /// The tenant in which it acts; null for what is about no tenant, such as a client link.
    @Nullable TenantId tenant();

    /// Asks anew whether it is allowed now; may block. The principal itself has been checked
    /// before.
    boolean isAllowed();

    /// Ends it at once. Called at most once per right that ended, and maybe when it is over
    /// already.
    ///
    /// @param cause a sentence for the person
    void cut(String cause);
}
