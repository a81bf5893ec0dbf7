/// What a person or a script gets to see: [Terminal] knows where it writes to, [Table] aligns,
/// [Times] tells the age of things, [Safe] takes the teeth out of text that came from elsewhere.
@NullMarked
package dev.fairlead.cli.output;

import org.jspecify.annotations.NullMarked;
