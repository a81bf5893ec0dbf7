/// How a machine becomes a node. What a new machine fetches: `InstallerRoutes` serves the script
/// and the package of an `Installer`, and `InstallLine` is what a person pastes there.
@NullMarked
package dev.fairlead.hub.enroll;

import org.jspecify.annotations.NullMarked;
