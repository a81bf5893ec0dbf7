/// Who this person is at which hub: `profiles.yaml` is read into [Profiles] by [ProfileFile], a
/// [Profile] is picked, and everything else takes its hub, its trust and its token from that.
///
/// Nothing here uses a YAML library: `proxy` reads a profile at every SSH connection, and start-up
/// is what a person waits for.
@NullMarked
package dev.fairlead.cli.profile;

import org.jspecify.annotations.NullMarked;
