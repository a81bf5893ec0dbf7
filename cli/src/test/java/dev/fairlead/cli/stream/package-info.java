@NullMarked
package dev.fairlead.cli.stream;

import org.jspecify.annotations.NullMarked;
