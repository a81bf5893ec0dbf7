package dev.fairlead.link.handshake;

/// What a hub answers to a machine that asks to be approved: a code, or no.
public sealed interface PairingAnswer permits Pairing, Refused {}
