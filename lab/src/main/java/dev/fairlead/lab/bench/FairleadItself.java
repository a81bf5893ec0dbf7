package dev.fairlead.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Fairlead as a user starts it: `quickstart` (hub, database and agent) and `forward`, as they
/// ship.
final class FairleadItself {

    static final String NAME = "Fairlead";

    /// Its streams end with their link, as those of the peers do.
    static final String PLAIN = "Fairlead plain";

    private static final String PROFILES = "profiles.yaml";
    private static final Pattern HUB = Pattern.compile("https://localhost:(\\d+)");

    private FairleadItself() {}

    static Tunnel tunnel(String launcher) {
        return new Tunnel(
                NAME,
                2,
                "forward, hub with its database, agent",
                "",
                (programs, targets) -> start(launcher, programs, targets));
    }

    static boolean isBuilt(Path clone) {
        return Files.isExecutable(clone.resolve("fairlead"))
                && Files.isDirectory(clone.resolve("dist/target/fairlead/lib"));
    }

    /// What was built in another clone.
    static Tunnel of(Path clone) {
        var root = clone.toAbsolutePath().normalize();
        String launcher = root.resolve("fairlead").toString();
        return new Tunnel(
                NAME + " of " + root.getFileName(),
                2,
                "the same of " + root,
                "",
                (programs, targets) -> start(launcher, programs, targets));
    }

    static Tunnel plain(String launcher) {
        return new Tunnel(
                PLAIN,
                2,
                "the same with forward --no-resume",
                "",
                (programs, targets) -> {
                    quickstart(launcher, programs);
                    return forward(
                            launcher,
                            programs,
                            "forward",
                            programs.file("home"),
                            targets,
                            "--no-resume");
                });
    }

    private static Ports start(String launcher, Programs programs, Ports targets)
            throws IOException, InterruptedException {
        quickstart(launcher, programs);
        return forward(launcher, programs, "forward", programs.file("home"), targets);
    }

    /// Hub, database and agent; their user's profile is in the file `home`.
    static void quickstart(String launcher, Programs programs)
            throws IOException, InterruptedException {
        programs.start(
                "quickstart",
                environment(programs.file("home")),
                launcher,
                "quickstart",
                "--port",
                "0",
                "--data",
                programs.file("data").toString());
        programs.awaitLine("quickstart", "Ctrl-C");
    }

    static Map<String, String> environment(Path home) {
        return Map.of("FAIRLEAD_NO_BUILD", "1", "FAIRLEAD_HOME", home.toString());
    }

    /// The node's name, from " Node NAME, ...".
    static String node(Programs programs) throws IOException, InterruptedException {
        return programs.awaitLine("quickstart", "  Node ").strip().split("[ ,]+")[1];
    }

    /// Opens ports that lead to the targets.
    static Ports forward(
            String launcher,
            Programs programs,
            String name,
            Path home,
            Ports targets,
            String... options)
            throws IOException, InterruptedException {
        var user = Ports.free();
        List<String> command = new ArrayList<>(List.of(launcher, "forward"));
        command.addAll(List.of(options));
        command.add(node(programs));
        for (var pair : user.pairs(targets)) {
            command.add(pair.from() + ":" + Ports.HERE + ":" + pair.to());
        }
        programs.start(name, environment(home), command.toArray(String[]::new));
        user.awaitEcho();
        return user;
    }

    static int hubPort(Programs programs) throws IOException {
        var port = HUB.matcher(Files.readString(programs.file("home").resolve(PROFILES)));
        if (!port.find()) {
            throw new IOException("the profile that quickstart wrote has no hub");
        }
        return Integer.parseInt(port.group(1));
    }

    /// The same user, who reaches the hub at another port.
    static void copyProfile(Programs programs, Path to, int port) throws IOException {
        try (var files = Files.list(programs.file("home"))) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        var profiles = to.resolve(PROFILES);
        Files.writeString(
                profiles,
                HUB.matcher(Files.readString(profiles)).replaceAll("https://localhost:" + port));
    }
}
