/// Who may do what to which nodes, as whom. Default deny, and one place decides: [Decide]. A route
/// and a stream kind only name the [Act] that they need.
///
/// Flow: [Principal] + tenant + [Act] (+ node's labels, login) -> [Decide] -> [Decision]. Whatever
/// ends a right calls [RightsChanged] after its commit, and what lives by that right is decided
/// anew.
@NullMarked
package dev.fairlead.hub.rbac;

import org.jspecify.annotations.NullMarked;
