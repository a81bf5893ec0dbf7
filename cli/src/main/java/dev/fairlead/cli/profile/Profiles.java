package dev.fairlead.cli.profile;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All profiles of this user, and which one counts when none is named. Immutable.
public record Profiles(String current, Map<String, Profile> byName) {

    /// The name of the first profile.
    public static final String DEFAULT = "default";

    public static final Profiles EMPTY = new Profiles(DEFAULT, Map.of());

    public Profiles {
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    /// @param name of the wanted profile, or null for the current one
    public String nameOr(@Nullable String name) {
        return name == null ? current : name;
    }

    /// @throws CliException where there is no such profile
    public Profile need(String name) {
        var profile = byName.get(name);
        if (profile != null) {
            return profile;
        }
        if (byName.isEmpty()) {
            throw new CliException(
                    Exit.NOT_SIGNED_IN,
                    "Nobody is signed in: this user has no profile yet.",
                    "fairlead login https://HUB, or fairlead quickstart for a hub of your own");
        }
        throw new CliException(
                Exit.NOT_SIGNED_IN,
                "There is no profile \""
                        + name
                        + "\"; there is "
                        + String.join(", ", byName.keySet())
                        + ".",
                "fairlead login https://HUB --profile " + name);
    }

    public Profiles with(String name, Profile profile) {
        var copy = new TreeMap<>(byName);
        copy.put(name, profile);
        return new Profiles(current, copy);
    }

    public Profiles withCurrent(String name) {
        return new Profiles(name, byName);
    }
}
