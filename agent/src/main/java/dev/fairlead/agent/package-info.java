/// The agent: `Main` -> [dev.fairlead.agent.Agent] -> `DialLoop` -> handshake -> `ServeStreams`.
@NullMarked
package dev.fairlead.agent;

import org.jspecify.annotations.NullMarked;
