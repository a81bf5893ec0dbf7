/// How a person reaches a target: a client link opens a stream -> [ServeClient] settles tenant,
/// node and login with `rbac.Decide` -> [Sessions] records the session -> the node's link ->
/// `link.Relay`. Whatever lives by a right is kept in [LiveAccess], which cuts it when the right
/// ends.
@NullMarked
package dev.fairlead.hub.access;

import org.jspecify.annotations.NullMarked;
