package dev.fairlead.agent.enroll;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.agent.state.AgentState;
import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.handshake.EnrolmentToken;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.PairingPerson;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes this machine a node: proves its key to a hub that has proved its own identity, and keeps
/// who it is from then on.
public final class Join {

    private static final int MAX_HUBS = 8;

    private final StateFolder folder;
    private final DialHub dial;
    private final Map<String, String> capabilities;
    private final Map<String, String> info;
    private final SecureRandom random;
    private final InstantSource clock;

    public Join(
            StateFolder folder,
            DialHub dial,
            Map<String, String> capabilities,
            Map<String, String> info,
            SecureRandom random,
            InstantSource clock) {
        this.folder = folder;
        this.dial = dial;
        this.capabilities = capabilities;
        this.info = info;
        this.random = random;
        this.clock = clock;
    }

    /// By an enrolment token. May be repeated after a lost answer: the hub knows the key, gives the
    /// same node and counts no second use. A machine that is a node of this hub stays the node that
    /// it is, and the token is not used.
    public AgentState withToken(EnrolmentToken token)
            throws DialException, EnrollException, IOException, InterruptedException {
        var joined = folder.read();
        if (joined != null && joined.root().equals(token.root().toString())) {
            requireNotRemoved(joined);
            return joined;
        }
        requireNotJoined(joined);
        var key = folder.key(random);
        return keep(
                dial.dial(
                        token.hubs(),
                        HubAnchor.of(token.root()),
                        Introduction.enrol(key, token, capabilities, info),
                        PairingPerson.nobody()));
    }

    /// By a pairing code that an operator approves; blocks until then, at most ten minutes.
    ///
    /// @param tenant what the person accepts beforehand; null to be asked
    /// @param root whom the person expects; null to compare the pairing's fingerprint
    public AgentState byPairing(
            URI hub, @Nullable String tenant, @Nullable Fingerprint root, Person person)
            throws DialException, EnrollException, IOException, InterruptedException {
        requireNotJoined(folder.read());
        boolean agreed = tenant != null && root != null;
        if (!agreed && !person.canAnswer()) {
            throw new EnrollException(
                    "Nobody is here to confirm the hub: there is no terminal. Give --tenant and"
                            + " --hub-fingerprint (the hub's `fairlead status` shows it), or use an"
                            + " enrolment token.");
        }
        return keep(
                dial.dial(
                        List.of(hub),
                        root == null ? HubAnchor.any() : HubAnchor.of(root),
                        Introduction.pair(folder.key(random), capabilities, info),
                        new AskPerson(person, tenant, root != null)));
    }

    private void requireNotRemoved(AgentState joined) throws EnrollException, IOException {
        var status = folder.readStatus();
        if (status != null && status.state() == AgentStatus.State.REVOKED) {
            throw new EnrollException(
                    "This machine was the node "
                            + joined.name()
                            + " of tenant "
                            + joined.tenantName()
                            + ", which the hub has removed. To join again, run `fairlead agent leave`"
                            + " first.");
        }
    }

    private static void requireNotJoined(@Nullable AgentState joined) throws EnrollException {
        if (joined != null) {
            throw new EnrollException(
                    "This machine is the node "
                            + joined.name()
                            + " of tenant "
                            + joined.tenantName()
                            + " at "
                            + joined.hubs().getFirst()
                            + " already. To join another hub, run `fairlead agent leave` first.");
        }
    }

    private AgentState keep(DialHub.Reached reached) throws IOException {
        var welcome = reached.connection().welcome();
        var hub = reached.connection().other();
        // The address that was given stays one of them: the hub may not know by which it is
        // reached.
        var hubs = new ArrayList<>(welcome.hubs().stream().map(URI::create).toList());
        if (!hubs.contains(reached.hub()) && hubs.size() < MAX_HUBS) {
            hubs.add(reached.hub());
        }
        var state =
                new AgentState(
                        welcome.id(),
                        welcome.name(),
                        welcome.tenant(),
                        welcome.tenantName(),
                        hub.fingerprint().toString(),
                        hub.bundle().number(),
                        hubs,
                        clock.instant());
        folder.write(state);
        reached.close();
        return state;
    }
}
