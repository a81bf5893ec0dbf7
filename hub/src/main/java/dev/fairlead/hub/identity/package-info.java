/// Who is there: users with passwords, sign-ins and API tokens.
///
/// Flow: name and password -> [SignIns#signIn] (delay, argon2id) -> token `fls_...`; a request's
/// token -> [Authenticate#bearer] -> `rbac.Principal` -> `rbac.Decide`. Every end of a credential
/// tells `rbac.RightsChanged` after its commit.
@NullMarked
package dev.fairlead.hub.identity;

import org.jspecify.annotations.NullMarked;
