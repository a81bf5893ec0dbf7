/// What happened, in two logs per tenant that the changing transaction itself writes: the audit
/// (who, what, where from, with which outcome; append only) and the events that consoles and
/// scripts follow. Both are numbered in commit order.
///
/// Flow: a service's transaction -> its change -> [Audit#record] and [Events#tell] -> commit ->
/// whoever follows is woken.
@NullMarked
package dev.fairlead.hub.audit;

import org.jspecify.annotations.NullMarked;
