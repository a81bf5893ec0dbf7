package dev.fairlead.hub.http;

import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Keeps what lives by a right longer than a request: it is cut within a second of the right's end.
@FunctionalInterface
public interface Guard {

    /// Ends the keeping; the thing is over by itself.
    interface Kept extends AutoCloseable {
        @Override
        void close();
    }

    /// @param allowed asks anew; may block
    /// @param cut ends it, with a sentence for the person
    Kept keep(Principal principal, TenantId tenant, BooleanSupplier allowed, Consumer<String> cut);
}
