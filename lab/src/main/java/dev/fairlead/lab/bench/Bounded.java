package dev.fairlead.lab.bench;

/// A figure that is to stay below something, as it stands in a table.
interface Bounded {

    String label();

    /// The most that it may be; NaN where it only explains another.
    double most();
}
