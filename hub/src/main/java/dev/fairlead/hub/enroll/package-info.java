/// How a machine becomes a node: by an enrolment token, or by a pairing code that an operator
/// approves. And who may have a link at all.
///
/// Flow: `link.handshake` proves who dials -> [HubAdmission] -> `AdmitNode` (known by its key),
/// `Redeem` (token) or [Pairings] (code) -> `fleet.EnrolNode` -> Welcome. People make tokens by
/// [EnrolmentTokens] and approve codes by [Pairings]. What a new machine fetches: `InstallerRoutes`
/// serves the script and the package of an `Installer`, and `InstallLine` is what a person pastes
/// there.
@NullMarked
package dev.fairlead.hub.enroll;

import org.jspecify.annotations.NullMarked;
