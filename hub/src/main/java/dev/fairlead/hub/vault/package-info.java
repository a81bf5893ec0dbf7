/// Secrets at rest. The hub's [MasterKey] is a file; it seals one data key per tenant, kept in the
/// tenant's own row; that seals the tenant's secrets. A dump of the database opens none of them,
/// and a sealed value moved to another tenant, table or row does not open.
///
/// Flow: [Vault#seal] / [Vault#open] in the tenant's transaction -> data key -> [Sealed].
@NullMarked
package dev.fairlead.hub.vault;

import org.jspecify.annotations.NullMarked;
