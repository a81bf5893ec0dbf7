/// A file server for sftp and scp on standard input and output, for nodes that have no OpenSSH
/// `sftp-server`: it runs as the login, in a JVM of its own.
///
/// [SftpMain] reads requests, [SftpFiles] does them. The package needs nothing but `java.base`, so
/// that the agent can lay it out as one small jar that every login may read. Its style is plain on
/// purpose: no lambdas, no string concatenation by `+` and no pattern switches on the way to the
/// first answer, since each of them costs a fresh JVM some 20 ms.
@NullMarked
package dev.fairlead.agent.ssh.sftp;

import org.jspecify.annotations.NullMarked;
