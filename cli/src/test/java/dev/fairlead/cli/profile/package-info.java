@NullMarked
package dev.fairlead.cli.profile;

import org.jspecify.annotations.NullMarked;
