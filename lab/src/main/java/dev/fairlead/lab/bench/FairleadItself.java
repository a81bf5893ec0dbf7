package dev.fairlead.lab.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Fairlead as a user starts it: `quickstart` (hub, database and agent) and `forward`, as they
/// ship.
final class FairleadItself {

    static final String NAME = "Fairlead";

    private FairleadItself() {}

    static Tunnel tunnel(String launcher) {
        return new Tunnel(
                NAME,
                2,
                "forward, hub with its database, agent",
                "",
                (programs, targets) -> start(launcher, programs, targets));
    }

    private static Ports start(String launcher, Programs programs, Ports targets)
            throws IOException, InterruptedException {
        var environment =
                Map.of("FAIRLEAD_NO_BUILD", "1", "FAIRLEAD_HOME", programs.file("home").toString());
        programs.start(
                "quickstart",
                environment,
                launcher,
                "quickstart",
                "--port",
                "0",
                "--data",
                programs.file("data").toString());
        programs.awaitLine("quickstart", "Ctrl-C");
        // "  Node     NAME, ..."
        String node = programs.awaitLine("quickstart", "  Node ").strip().split("[ ,]+")[1];
        var user = Ports.free();
        List<String> command = new ArrayList<>(List.of(launcher, "forward", node));
        for (var pair : user.pairs(targets)) {
            command.add(pair.from() + ":" + Ports.HERE + ":" + pair.to());
        }
        programs.start("forward", environment, command.toArray(String[]::new));
        user.awaitEcho();
        return user;
    }
}
