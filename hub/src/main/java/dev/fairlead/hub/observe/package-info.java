/// What an administrator sees of the running hub: metrics and health on a listener of their own
/// (`ObserveServer`), and logs as structured lines (`Logging`).
@NullMarked
package dev.fairlead.hub.observe;

import org.jspecify.annotations.NullMarked;
