/// Makes this user's browsers trust the hub's local CA, and undoes it. Never system-wide: the CA is
/// limited to the hub's names, and still it is this user's decision alone.
@NullMarked
package dev.fairlead.cli.trust;

import org.jspecify.annotations.NullMarked;
