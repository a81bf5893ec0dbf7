@NullMarked
package dev.fairlead.cli.trust;

import org.jspecify.annotations.NullMarked;
