@NullMarked
package dev.fairlead.agent.login;

import org.jspecify.annotations.NullMarked;
