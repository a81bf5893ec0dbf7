package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.cli.profile.Profiles;
import dev.fairlead.cli.ssh.SshFiles;
import dev.fairlead.cli.stream.HubLink;
import dev.fairlead.cli.stream.ProveHub;
import dev.fairlead.link.handshake.Fingerprint;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Signs in: asks the hub for a token and keeps it in a profile.
@Command(
        name = "login",
        description = {
            "Sign in at a hub, and keep the sign-in in a profile.",
            "With #FINGERPRINT the hub first proves that it holds the key of that fingerprint, and its CA is"
                    + " saved. Without, its certificate must be signed by a CA that this machine trusts.",
            "Without an address, sign in again at the profile's hub."
        })
final class Login implements Callable<Integer> {

    private final Fairlead fairlead;

    @Parameters(
            arity = "0..1",
            paramLabel = "https://HUB[#FINGERPRINT]",
            description = "The hub's address.")
    private @Nullable String address;

    @Option(
            names = "--user",
            paramLabel = "NAME[@TENANT]",
            description = "Who signs in; the hub's own staff have no tenant.")
    private @Nullable String user;

    @Option(
            names = "--password-stdin",
            description = "Take the password from the first line of standard input.")
    private boolean passwordStdin;

    @Option(
            names = "--token-stdin",
            description = "Keep an API token from standard input instead of signing in.")
    private boolean tokenStdin;

    @Option(
            names = "--keep-others",
            description =
                    "Do nothing where the profile is another's: of another hub, or of a user other than --user.")
    private boolean keepOthers;

    Login(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Override
    public Integer call() throws InterruptedException {
        var folder = fairlead.folder();
        var before = folder.profiles();
        String name = name(before);
        var old = before.byName().get(name);
        var terminal = fairlead.terminal();
        if (keepOthers && old != null && !isMine(old)) {
            terminal.note("The profile " + name + " is " + old + "; it was left as it is.");
            return Exit.OK.code();
        }
        var at = prove(name, LoginTarget.of(address, name, old));
        var signedIn = signIn(name, at);
        folder.change(profiles -> keep(profiles, name, signedIn));
        new SshFiles(folder, name, signedIn).forget();
        terminal.note(
                "Signed in as "
                        + signedIn
                        + (signedIn.tenant() == null ? "" : ", tenant " + signedIn.tenant())
                        + " (profile "
                        + name
                        + ").");
        return Exit.OK.code();
    }

    /// The same hub by its fingerprint, wherever it is reached now.
    private boolean isMine(Profile old) {
        return old.user().equals(user) && address != null && LoginTarget.isAt(old, address);
    }

    private String name(Profiles profiles) {
        return profiles.byName().isEmpty() && fairlead.chosenProfile() == null
                ? Profiles.DEFAULT
                : profiles.nameOr(fairlead.chosenProfile());
    }

    /// Before any secret: where others' CAs count, one of them may sit in between and end TLS. With
    /// a fingerprint the CA is taken anew out of the hub's proof: a hub may have made another.
    private LoginTarget prove(String name, LoginTarget at) throws InterruptedException {
        String fingerprint = at.fingerprint();
        if (fingerprint == null && at.ca() != null) {
            return at;
        }
        var hub =
                ProveHub.now(
                        at.hub(),
                        fingerprint == null ? null : Fingerprint.parse(fingerprint),
                        HubLink.proxies(fairlead.parts().env()),
                        fairlead.terminal().clock(),
                        name);
        if (fingerprint == null) {
            return at;
        }
        String ca = hub.ca();
        if (ca == null) {
            return at.trusting(null);
        }
        var file = fairlead.folder().file(name + "-ca.pem");
        fairlead.folder().write(file, ca);
        return at.trusting(String.valueOf(file.getFileName()));
    }

    private Profile signIn(String name, LoginTarget at) {
        return tokenStdin ? byToken(at) : byPassword(name, at);
    }

    private Profile byPassword(String name, LoginTarget at) {
        String who = user == null ? at.user() : user;
        if (who == null) {
            who = fairlead.parts().prompt().ask("User at " + at.hub() + ": ");
        }
        if (who == null || who.isBlank()) {
            throw new CliException(Exit.USAGE, "Nobody is named who signs in.", "Add --user NAME");
        }
        String password =
                Passwords.read(fairlead.parts(), passwordStdin, "Password of " + who + ": ");
        JsonNode made;
        try (var api = api(at, null)) {
            made = api.post(HubApi.path("sign-ins"), Map.of("user", who, "password", password));
        }
        String token = made.path("token").asString("");
        return profile(at, who, token, made);
    }

    private Profile byToken(LoginTarget at) {
        String token = Passwords.read(fairlead.parts(), true, "");
        try (var api = api(at, token)) {
            var credential = api.get(HubApi.path("sign-ins", "current"));
            String tenant = credential.path("tenant").asString("");
            String who =
                    credential.path("user").asString("")
                            + (tenant.equals("system") ? "" : "@" + tenant);
            return profile(at, who, token, credential);
        }
    }

    private Profile profile(LoginTarget at, String who, String token, JsonNode credential) {
        var expires = Instant.parse(credential.path("expires").asString(""));
        String home = credential.path("tenant").asString("");
        String tenant = home.equals("system") ? tenantOfStaff(at, token) : home;
        return new Profile(at.hub(), at.fingerprint(), at.ca(), who, tenant, token, expires);
    }

    /// The hub's staff has no tenant of its own to work in: the one that was named, the one there
    /// was, the only one with a grant, or the one called as `quickstart` calls it.
    private @Nullable String tenantOfStaff(LoginTarget at, String token) {
        String chosen = fairlead.chosenTenant();
        if (chosen != null || at.tenant() != null) {
            return chosen == null ? at.tenant() : chosen;
        }
        try (var api = api(at, token)) {
            var granted =
                    api.get(HubApi.path("me")).path("tenants").values().stream()
                            .map(t -> t.path("tenant").asString(""))
                            .toList();
            return granted.size() == 1
                    ? granted.getFirst()
                    : granted.contains("default") ? "default" : null;
        }
    }

    private HubApi api(LoginTarget at, @Nullable String token) {
        String ca = at.ca();
        return new HubApi(
                at.hub(),
                ca == null ? null : fairlead.folder().file(ca),
                token,
                fairlead.outboundProxy(),
                fairlead.terminal().clock());
    }

    /// Whoever signs in works there next, unless a program did it for them.
    private Profiles keep(Profiles profiles, String name, Profile signedIn) {
        boolean first = profiles.byName().isEmpty();
        var kept = profiles.with(name, signedIn);
        return first || !keepOthers ? kept.withCurrent(name) : kept;
    }
}
