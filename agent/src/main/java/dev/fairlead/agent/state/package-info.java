/// The agent's folder: who this machine is to its hub, and how the running agent is doing.
@NullMarked
package dev.fairlead.agent.state;

import org.jspecify.annotations.NullMarked;
