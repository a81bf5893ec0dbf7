package dev.fairlead.cli;

import static picocli.CommandLine.ScopeType.INHERIT;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.OutboundProxy;
import dev.fairlead.cli.output.Terminal;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.profile.Profile;
import dev.fairlead.cli.profile.Profiles;
import dev.fairlead.cli.ssh.SshFiles;
import dev.fairlead.cli.stream.HubLink;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fairlead` itself: the options that every command has, and what the commands draw on.
@Command(
        name = "fairlead",
        synopsisSubcommandLabel = "COMMAND",
        description = "Reach, watch and operate machines behind other people's firewalls.",
        footer = {
            "",
            "Besides these, started by the same program: fairlead quickstart, hub, agent join|leave|run|status.",
            "Exit codes and environment variables: docs/cli.md."
        })
final class Fairlead {

    private final CliParts parts;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            scope = INHERIT,
            description = "The profile to use instead of the current one (or FAIRLEAD_PROFILE).")
    private @Nullable String profile;

    @Option(
            names = "--tenant",
            paramLabel = "TENANT",
            scope = INHERIT,
            description = "The tenant to work in instead of the profile's.")
    private @Nullable String tenant;

    Fairlead(CliParts parts) {
        this.parts = parts;
    }

    CliParts parts() {
        return parts;
    }

    Terminal terminal() {
        return parts.terminal();
    }

    Folder folder() {
        return Folder.of(parts.env(), parts.home());
    }

    /// The profile's name that was typed or that the environment sets, or null for none.
    @Nullable String chosenProfile() {
        String name = profile == null ? parts.env().get("FAIRLEAD_PROFILE") : profile;
        return name == null || name.isEmpty() ? null : Names.label("profile", name);
    }

    String profileName() {
        return folder().profiles().nameOr(chosenProfile());
    }

    Profile profile() {
        Profiles profiles = folder().profiles();
        return profiles.need(profiles.nameOr(chosenProfile()));
    }

    /// The tenant that was typed, or null.
    @Nullable String chosenTenant() {
        return tenant == null ? null : Names.label("tenant", tenant);
    }

    /// The tenant that this command is about.
    ///
    /// @throws CliException where neither the command line nor the profile names one
    String tenant() {
        String chosen = chosenTenant();
        String name = chosen == null ? profile().tenant() : chosen;
        if (name == null) {
            throw new CliException(
                    Exit.USAGE,
                    "No tenant is named, and the profile has none.",
                    "Add --tenant TENANT; fairlead tenant ls shows which there are");
        }
        return name;
    }

    /// The API in the name of whoever is signed in; to be closed.
    HubApi api() {
        return api(profile().needToken(profileName()));
    }

    /// The API of the profile's hub with another token, or with none.
    HubApi api(@Nullable String token) {
        var at = profile();
        return new HubApi(at.hub(), caFile(at), token, outboundProxy(), terminal().clock());
    }

    SshFiles sshFiles() {
        return new SshFiles(folder(), profileName(), profile());
    }

    /// Links in the name of whoever is signed in; to be closed.
    HubLink hubLink() {
        var at = profile();
        return new HubLink(
                profileName(),
                at,
                caFile(at),
                HubLink.proxies(parts.env()),
                HubLink.innerTls(parts.env()),
                terminal().clock());
    }

    OutboundProxy outboundProxy() {
        return new OutboundProxy(HubLink.proxies(parts.env()));
    }

    /// The PEM file of the profile's CA, or null for the system's roots.
    @Nullable Path caFile(Profile at) {
        String ca = at.ca();
        return ca == null ? null : folder().file(ca);
    }

    /// The path of something in this command's tenant.
    String inTenant(String... parts) {
        var all = new String[parts.length + 2];
        all[0] = "tenants";
        all[1] = tenant();
        System.arraycopy(parts, 0, all, 2, parts.length);
        return HubApi.path(all);
    }
}
