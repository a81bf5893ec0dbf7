/// The tenants of the hub. Each has its own rows, data key, users, nodes and audit; `system` is the
/// hub's own staff.
///
/// Flow: [Tenants#create] -> row, counters and data key in the new tenant's transaction -> audit of
/// `system`. [Tenants#remove] -> disabled at once, everything that lives in it is cut, then its
/// data is deleted by one function.
@NullMarked
package dev.fairlead.hub.tenant;

import org.jspecify.annotations.NullMarked;
