/// Streams of kind `exec`: one program with its arguments, as a login, without a terminal.
///
/// [dev.fairlead.agent.exec.ServeExec] judges the login and starts the program;
/// [dev.fairlead.agent.exec.ExecSession] carries its input, outputs, signals and exit code in the
/// messages of [dev.fairlead.agent.exec.ExecMessage].
@NullMarked
package dev.fairlead.agent.exec;

import org.jspecify.annotations.NullMarked;
