package dev.fairlead.lab.bench;

/// One raw figure.
///
/// @param round from 1
record Measured(String system, int round, Figure figure, double value) {}
