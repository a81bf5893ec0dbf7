package dev.fairlead.hub;

import dev.fairlead.hub.ports.PortMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// The file `listeners` of the data folder: one `ADDRESS:PORT WHAT` a line. An agent on the same
/// machine reads it and lets nobody reach these through it.
final class Listeners {

    private Listeners() {}

    static void write(Path file, HubConfig config, PortMatrix.Bound bound) throws IOException {
        List<String> lines = new ArrayList<>();
        add(lines, config.listen().address(), bound.listen(), "the hub");
        var redirect = config.redirect();
        if (redirect != null) {
            add(lines, redirect.address(), bound.redirect(), "the hub's redirect");
        }
        add(lines, config.observe().address(), bound.observe(), "the hub's metrics and health");
        add(lines, "127.0.0.1", bound.ownDatabase(), "the hub's database");
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, lines);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void add(List<String> lines, String address, int port, String what) {
        if (port != 0) {
            String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
            lines.add(host + ":" + port + " " + what);
        }
    }
}
