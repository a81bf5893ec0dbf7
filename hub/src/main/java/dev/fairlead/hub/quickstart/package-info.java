/// A hub and an agent on this machine in one command: `Main` reads the options, `Quickstart` brings
/// the hub up, makes the first administrator, starts the agent as a `ChildProcess`, signs this
/// user's command line in, and prints the `ReadyBlock`.
@NullMarked
package dev.fairlead.hub.quickstart;

import org.jspecify.annotations.NullMarked;
