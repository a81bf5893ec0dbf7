package dev.fairlead.hub.rbac;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a grant makes of a user; each includes the one before.
public enum Role {
    /// Sees nodes and sessions.
    VIEWER,
    /// Also uses nodes: SSH, exec, forwards.
    OPERATOR,
    /// Also changes and removes them; with an empty selector everything in the tenant.
    ADMIN;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    public static Optional<Role> parse(@Nullable String label) {
        for (Role role : values()) {
            if (role.label().equals(label)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
