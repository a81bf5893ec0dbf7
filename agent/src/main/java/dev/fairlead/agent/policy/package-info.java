/// What this node lets the hub do: the agent's last word, read from agent.yaml.
///
/// A stream's target text is parsed by [dev.fairlead.agent.policy.Target], its name is looked up
/// once, every address is held against [dev.fairlead.agent.policy.Guarded] (what is never reached)
/// and against the rules, and the addresses that pass are what is dialled.
@NullMarked
package dev.fairlead.agent.policy;

import org.jspecify.annotations.NullMarked;
