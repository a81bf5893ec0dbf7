package dev.fairlead.hub.db;

import org.jspecify.annotations.Nullable;

/// What a transaction does. It is run once: nothing is retried behind its back.
@FunctionalInterface
public interface Work<T extends @Nullable Object> {

    T run(Tx tx);
}
