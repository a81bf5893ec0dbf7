package dev.fairlead.hub.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What has to work for this hub to serve. A check blocks, for a few seconds at most, and answers
/// what is wrong or nothing.
public final class Health {

    private final Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();

    /// @param name such as `database`
    public Health check(String name, Supplier<Optional<String>> check) {
        checks.put(name, check);
        return this;
    }

    /// What is wrong, by the name of the check; `ok` where nothing is.
    Map<String, String> now() {
        var state = new LinkedHashMap<String, String>();
        checks.forEach((name, check) -> {
            String found;
            try {
                found = check.get().orElse("ok");
            } catch (RuntimeException e) {
                found = "the check itself failed";
            }
            state.put(name, found);
        });
        return state;
    }
}
