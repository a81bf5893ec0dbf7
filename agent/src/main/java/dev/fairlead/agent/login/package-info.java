/// Child processes that act as a login of this machine: everything that a session does to files and
/// processes is done by one of them, never by the agent itself.
///
/// [Login#lookUp] asks the machine who the login is and what limits PAM gives it; [LoginProcess]
/// starts programs as that login, with pipes or on a terminal, and ends all that came of them.
@NullMarked
package dev.fairlead.agent.login;

import org.jspecify.annotations.NullMarked;
