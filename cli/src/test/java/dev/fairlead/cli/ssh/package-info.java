@NullMarked
package dev.fairlead.cli.ssh;

import org.jspecify.annotations.NullMarked;
