/// The command line, one file per command.
///
/// [Main] tells `proxy` from the rest; [Cli] makes the commands and turns failures into messages
/// and exit codes; each command asks the hub's API (`api`) in the name of a profile (`profile`) and
/// shows the answer (`output`), or opens streams in a link (`stream`).
@NullMarked
package dev.fairlead.cli;

import org.jspecify.annotations.NullMarked;
