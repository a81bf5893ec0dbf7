/// The whole of Fairlead at once: [Lab] is a hub in this process, [LabAgent] and [LabCli] are the
/// real programs, and the tests are scenarios with real peers.
@NullMarked
package dev.fairlead.lab;

import org.jspecify.annotations.NullMarked;
