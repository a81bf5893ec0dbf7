@NullMarked
package dev.fairlead.cli.api;

import org.jspecify.annotations.NullMarked;
