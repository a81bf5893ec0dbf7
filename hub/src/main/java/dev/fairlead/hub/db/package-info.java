/// The ground of the data: a PostgreSQL of the hub's own ([EmbeddedPostgres]) or one that it is
/// given, brought to this version's tables ([Migrate]) and used through [Database], whose every
/// transaction is either one tenant's or nobody's. Below it nothing is taken on trust: row-level
/// security hides the rows of other tenants even from a query that forgets to ask for its own.
///
/// Flow: `EmbeddedPostgres.start` -> `Migrate.run` -> `Database.open` -> `*Store` inside
/// `inTenant`.
@NullMarked
package dev.fairlead.hub.db;

import org.jspecify.annotations.NullMarked;
