/// What the one port shows as its certificate.
///
/// `ServedCertificates` holds the pair of key and chain in use: from PEM files, which it reads
/// again when they change, or from the hub's own `LocalCa`, which renews in time. `TlsEngine` makes
/// Vert.x serve it. The link binds its proof to the hashes of the leaf certificates told here.
@NullMarked
package dev.fairlead.hub.tls;

import org.jspecify.annotations.NullMarked;
