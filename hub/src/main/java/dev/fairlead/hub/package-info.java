@NullMarked
package dev.fairlead.hub;

import org.jspecify.annotations.NullMarked;
