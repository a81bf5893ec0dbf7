@NullMarked
package dev.fairlead.cli.output;

import org.jspecify.annotations.NullMarked;
