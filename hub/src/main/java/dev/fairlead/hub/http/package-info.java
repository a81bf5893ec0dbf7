/// The hub's one port: what every request passes before a capability's `*Routes` sees it.
///
/// A request comes in at `HttpServer`; one to `/link` goes to the link before anything touches it.
/// Others are read whole (with limits), checked against the contract, given their principal, asked
/// of `rbac.Decide` what the contract says that they need, and run on a virtual thread; what goes
/// wrong leaves as a `Problem`.
@NullMarked
package dev.fairlead.hub.http;

import org.jspecify.annotations.NullMarked;
