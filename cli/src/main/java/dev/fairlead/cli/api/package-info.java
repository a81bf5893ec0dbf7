/// The hub's REST API as the commands use it: [HubApi] sends, a [Problem] comes back as an
/// exception that a person can read, [EventStream] follows what happens, [HubCa] and
/// [OutboundProxy] say how the hub is reached.
@NullMarked
package dev.fairlead.cli.api;

import org.jspecify.annotations.NullMarked;
