/// The certificate of this node's SSH host key: asked for over each new link, renewed at two thirds
/// of its life, shown by [dev.fairlead.agent.ssh].
@NullMarked
package dev.fairlead.agent.hostca;

import org.jspecify.annotations.NullMarked;
