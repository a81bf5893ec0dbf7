@NullMarked
package dev.fairlead.agent;

import org.jspecify.annotations.NullMarked;
