/// `./bench`: Fairlead and its peers, measured side by side in one run.
///
/// Everything measured is a process of its own: the systems, the targets and the load. [Bench] runs
/// the rounds, [Report] says what came out.
@NullMarked
package dev.fairlead.lab.bench;

import org.jspecify.annotations.NullMarked;
