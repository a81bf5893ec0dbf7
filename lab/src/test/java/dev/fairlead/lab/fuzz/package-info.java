/// Fuzzing: each `*Fuzz` class beside this package, in the package of what it tries, has
/// `fuzzerTestOneInput`, which throws where a rule does not hold. [FuzzTest] gives each the inputs
/// of its corpus (`src/test/fuzz`), which has one for every crash ever found, and lets jazzer look
/// for others for a while.
@NullMarked
package dev.fairlead.lab.fuzz;

import org.jspecify.annotations.NullMarked;
