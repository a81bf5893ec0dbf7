package dev.fairlead.link.handshake;

/// How an operator decided on a pairing.
public sealed interface Approval permits Approved, Refused {}
