/// How the system's OpenSSH is told to reach nodes: [SshFiles] writes its settings and the keys of
/// the tenants' host CAs, [SshInclude] mentions them in the user's own configuration, [HostName]
/// takes `NODE.TENANT.fairlead` apart when OpenSSH calls back.
@NullMarked
package dev.fairlead.cli.ssh;

import org.jspecify.annotations.NullMarked;
