/// How this machine is: [dev.fairlead.agent.health.Measure] reads `/proc` (and not a library, to
/// stay small), [dev.fairlead.agent.health.Heartbeat] tells the hub twice a minute.
@NullMarked
package dev.fairlead.agent.health;

import org.jspecify.annotations.NullMarked;
