/// What the hub's administrators may see of how it is set up: certificates, keys, what is kept for
/// how long, limits. Nothing here is a secret, and nothing can be changed: `hub.yaml` says it.
@NullMarked
package dev.fairlead.hub.settings;

import org.jspecify.annotations.NullMarked;
