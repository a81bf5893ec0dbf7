@NullMarked
package dev.fairlead.agent.ssh;

import org.jspecify.annotations.NullMarked;
