/// Tests of resumable streams, on a world of one thread and one clock.
@NullMarked
package dev.fairlead.link.resume;

import org.jspecify.annotations.NullMarked;
