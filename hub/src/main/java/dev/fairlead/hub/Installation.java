package dev.fairlead.hub;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where this program lies: its jar is in `lib`; beside that the agent's package that it serves to
/// new nodes is in `agent`, and the console in `web`.
public final class Installation {

    private Installation() {}

    /// The folder with the agent's package; need not exist.
    public static Path agentPackages() {
        return folder("agent");
    }

    /// The folder with the built console; need not exist.
    public static Path console() {
        return folder("web");
    }

    private static Path folder(String name) {
        var home = home();
        return home == null ? Path.of(name) : home.resolve(name);
    }

    private static @Nullable Path home() {
        try {
            var source = Installation.class.getProtectionDomain().getCodeSource();
            if (source == null) {
                return null;
            }
            var lib = Path.of(source.getLocation().toURI()).getParent();
            return lib == null ? null : lib.getParent();
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
