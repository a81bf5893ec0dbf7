/// What this agent does for its hub: [dev.fairlead.agent.serve.ServeStreams] takes each stream that
/// the hub opens and hands it to the package of its kind; kind `call` is answered here.
@NullMarked
package dev.fairlead.agent.serve;

import org.jspecify.annotations.NullMarked;
