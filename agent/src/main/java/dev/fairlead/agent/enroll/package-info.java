/// How a machine becomes a node and stops being one: [dev.fairlead.agent.enroll.Join] by token or
/// pairing code, [dev.fairlead.agent.enroll.Leave].
@NullMarked
package dev.fairlead.agent.enroll;

import org.jspecify.annotations.NullMarked;
