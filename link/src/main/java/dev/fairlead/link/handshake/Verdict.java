package dev.fairlead.link.handshake;

/// What a hub answers to a proved identity.
public sealed interface Verdict permits Welcome, Refused {}
