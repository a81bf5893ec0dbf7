/// Streams in a client link: [HubLink] dials and proves, then [ExecRun] runs one program,
/// [StdioPipe] carries OpenSSH's bytes, [ForwardPorts] listens on ports. [StreamFailure] says what
/// an end means.
///
/// `proxy` comes through here at every SSH connection, so nothing on its way needs JSON, picocli or
/// logging.
@NullMarked
package dev.fairlead.cli.stream;

import org.jspecify.annotations.NullMarked;
