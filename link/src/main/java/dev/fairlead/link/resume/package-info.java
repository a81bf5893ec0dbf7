/// Streams that live on when a link under them is lost (`docs/protocol.md`, section Resumption).
///
/// A [ResumableStream] is carried by one stream of a link after the other. Each side keeps what the
/// other has not acknowledged ([Kept], within a [ResumeBudget]); [KeptStreams] opens and resumes
/// them, [ServeResumable] serves them and finds them again.
@NullMarked
package dev.fairlead.link.resume;

import org.jspecify.annotations.NullMarked;
