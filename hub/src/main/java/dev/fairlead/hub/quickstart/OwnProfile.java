package dev.fairlead.hub.quickstart;

import dev.fairlead.hub.Hub;
import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.SignInId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Keeps this user's command line signed in as the hub's first administrator, in a profile that was
/// made for this hub. A profile of another hub or another person is never touched.
///
/// @param kept where this notes who was signed in, so that most starts need not look
record OwnProfile(Hub hub, Launcher launcher, Path kept) {

    private static final Duration ENOUGH = Duration.ofHours(2);
    private static final String FROM = "quickstart";
    private static final List<String> NAMES = List.of("default", "quickstart");

    /// @param home whose command line it is
    record Kept(String home, String profile, String hub, String signIn) {}

    /// @return what the person should know of it
    List<String> settle() throws IOException, InterruptedException {
        var before = read();
        if (before != null && holds(before)) {
            return note(before.profile());
        }
        var profiles = new LinkedHashSet<String>();
        if (before != null) {
            profiles.add(before.profile());
        }
        profiles.addAll(NAMES);
        return signIn(List.copyOf(profiles));
    }

    private boolean holds(Kept before) {
        return before.home().equals(home().toString())
                && Files.exists(home().resolve("profiles.yaml"))
                && before.hub().equals(hub.url().toString())
                && SignInId.parse(before.signIn())
                        .filter(id -> hub.services().signIns().lasts(id, ENOUGH))
                        .isPresent();
    }

    private List<String> signIn(List<String> profiles) throws IOException, InterruptedException {
        String address = hub.url() + "#" + hub.fingerprint();
        String typed =
                launcher.typed() + " login " + address + " --user " + FirstStart.ADMINISTRATOR;
        try {
            var made = hub.services().signIns().signInOwner(FirstStart.ADMINISTRATOR, FROM);
            for (String profile : profiles) {
                var ran =
                        launcher.run(
                                made.token(),
                                "login",
                                address,
                                "--user",
                                FirstStart.ADMINISTRATOR,
                                "--profile",
                                profile,
                                "--keep-others",
                                "--token-stdin");
                if (ran.code() != 0) {
                    return List.of(
                            "Your command line could not be signed in ("
                                    + ran.output()
                                    + "). Sign in: "
                                    + typed);
                }
                if (!ran.output().contains("was left as it is")) {
                    var now =
                            new Kept(
                                    home().toString(),
                                    profile,
                                    hub.url().toString(),
                                    made.principal().credential().text());
                    Files.writeString(kept, JsonMapper.shared().writeValueAsString(now));
                    return note(profile);
                }
            }
            hub.services().signIns().signOut(made.principal(), FROM);
            return List.of(
                    "Your profiles are left as they are. Sign in here: "
                            + typed
                            + " --profile NAME");
        } catch (Rejected e) {
            return List.of(
                    "There is no administrator "
                            + FirstStart.ADMINISTRATOR
                            + " any more, so your command line is as it was.");
        }
    }

    private static List<String> note(String profile) {
        return profile.equals(NAMES.getFirst())
                ? List.of()
                : List.of(
                        "Your profile default is left as it is; for this hub type: export FAIRLEAD_PROFILE="
                                + profile);
    }

    private @Nullable Kept read() {
        try {
            return Files.exists(kept)
                    ? JsonMapper.shared().readValue(Files.readString(kept), Kept.class)
                    : null;
        } catch (IOException | JacksonException e) {
            return null; // Only a note: signing in anew does no harm.
        }
    }

    /// The command line's folder: see `docs/cli.md`.
    private static Path home() {
        String chosen = System.getenv("FAIRLEAD_HOME");
        return chosen == null || chosen.isEmpty()
                ? Path.of(System.getProperty("user.home", ""), ".config/fairlead")
                : Path.of(chosen);
    }
}
