package dev.fairlead.agent;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.agent.enroll.EnrollException;
import dev.fairlead.agent.enroll.Join;
import dev.fairlead.agent.enroll.Person;
import dev.fairlead.agent.enroll.ProfileFile;
import dev.fairlead.agent.policy.Rule;
import dev.fairlead.agent.state.AgentState;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `fairlead agent join`
@Command(
        name = "join",
        description = {
            "Makes this machine a node of a hub: by an enrolment token, or by a pairing code that an"
                    + " operator approves.",
            "The machine makes a key, which never leaves it."
        })
final class JoinCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private final Folders folders = new Folders();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "TOKEN",
            description =
                    "The line of `fairlead token create`; - reads it from standard input, where no list"
                            + " of processes shows it.")
    private @Nullable String token;

    @Option(names = "--token-stdin", description = "The same as - in the place of TOKEN.")
    private boolean tokenFromStdin;

    @Option(
            names = "--hub",
            paramLabel = "URL",
            description = "Without a token: https://HOST[:PORT] of the hub to ask.")
    private @Nullable URI hub;

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description =
                    "With --hub: the tenant to join. Together with --hub-fingerprint nothing is asked.")
    private @Nullable String tenant;

    @Option(
            names = "--hub-fingerprint",
            paramLabel = "HEX",
            description = "With --hub: the fingerprint that the hub must prove.")
    private @Nullable String fingerprint;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "What the node is for: node, gateway, cluster or collector.")
    private @Nullable String profile;

    @Option(
            names = "--new-identity",
            description =
                    "This machine is a copy of a node, such as of its disk: forget the identity that came"
                            + " with the copy first. Its agent must not be running.")
    private boolean newIdentity;

    @SuppressWarnings("NullAway.Init") // picocli sets `spec`
    JoinCommand() {}

    @Override
    public Integer call() throws Exception {
        Logging.to(Level.WARN);
        boolean byToken = token != null || tokenFromStdin;
        if (byToken == (hub != null) || (byToken && (tenant != null || fingerprint != null))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Give a TOKEN, or --hub URL (and with it --tenant and --hub-fingerprint).");
        }
        var person = person();
        var anchor = fingerprint == null ? null : Fingerprint.parse(fingerprint);
        var given = byToken ? EnrolmentToken.parse(tokenText(person)) : null;
        var config =
                ProfileFile.settle(
                        folders.config(), profile == null ? null : Profile.ofLabel(profile));
        showPolicy(config, person);
        var parts = AgentParts.standard();
        var folder = StateFolder.open(folders.state());
        try (var dialing = new Dialing(config, parts);
                // A machine that has joined may have an agent running; it is told that it has
                // joined.
                var _ = newIdentity || folder.read() == null ? folder.lock() : null) {
            if (newIdentity) {
                folder.forget();
            }
            var join = join(folder, dialing.hub(), parts);
            if (given != null) {
                var before = folder.read();
                var joined = join.withToken(given);
                if (joined.equals(before)) {
                    stays(joined, person);
                } else {
                    done(joined, person);
                }
            } else if (hub != null) {
                done(join.byPairing(hub, tenant, anchor, person), person);
            }
        }
        return Exit.OK;
    }

    private static Join join(StateFolder folder, DialHub dial, AgentParts parts) {
        return new Join(
                folder,
                dial,
                Map.of("tcp", "1", "exec", "1", "ssh", "1", "call", "1"),
                Machine.info(parts.random()),
                parts.random(),
                parts.clock());
    }

    private Person person() {
        var console = System.console();
        return new Person(
                spec.commandLine().getOut(),
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                console != null && console.isTerminal());
    }

    private String tokenText(Person person) throws IOException, EnrollException {
        if (token != null && !token.equals("-")) {
            return token;
        }
        String line = person.in().readLine();
        if (line == null || line.isBlank()) {
            throw new EnrollException("There is no token on standard input.");
        }
        return line;
    }

    private void showPolicy(AgentConfig config, Person person) throws IOException {
        person.say("What the hub may use of this machine (" + folders.config() + "):");
        person.say("  profile  " + config.profile().label() + ": " + config.profile().meaning());
        person.say(
                "  allow    "
                        + list(config.allow().stream().map(Rule::toString).toList(), "nothing"));
        if (!config.deny().isEmpty()) {
            person.say(
                    "  deny     " + list(config.deny().stream().map(Rule::toString).toList(), ""));
        }
        person.say("  logins   " + list(config.logins(), "the user that the agent runs as"));
    }

    private static String list(List<String> items, String none) {
        return items.isEmpty() ? none : String.join(", ", items);
    }

    private static void stays(AgentState state, Person person) {
        person.say(
                "This machine is the node "
                        + state.name()
                        + " of tenant "
                        + state.tenantName()
                        + " at "
                        + state.hubs().getFirst()
                        + " already; the token was not used.");
        person.say("To become another node by it, run `fairlead agent leave` first.");
    }

    private static void done(AgentState state, Person person) {
        person.say(
                "Joined "
                        + state.hubs().getFirst()
                        + ": this machine is the node "
                        + state.name()
                        + " of tenant "
                        + state.tenantName()
                        + ".");
        person.say("Next: fairlead agent run   (the installer's service does it by itself)");
    }
}
