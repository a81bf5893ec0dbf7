package dev.fairlead.agent.enroll;

import dev.fairlead.agent.dial.DialHub;
import dev.fairlead.agent.state.AgentState;
import dev.fairlead.agent.state.StateFolder;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import dev.fairlead.link.LinkEnd;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.PairingPerson;
import dev.fairlead.link.handshake.Refusal;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Makes this machine no node any more: the hub removes it, then its key and state are removed
/// here. Its configuration stays.
public final class Leave {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final StateFolder folder;
    private final DialHub dial;
    private final SecureRandom random;

    public Leave(StateFolder folder, DialHub dial, SecureRandom random) {
        this.folder = folder;
        this.dial = dial;
        this.random = random;
    }

    /// Tells the hub over a link of its own, which takes over from that of a running agent.
    ///
    /// @param configured addresses that go before those that the hub told
    /// @throws EnrollException where the hub did not remove the node; nothing is removed here then
    public void tellHub(AgentState state, List<URI> configured)
            throws DialException, EnrollException, IOException, InterruptedException {
        DialHub.Reached reached;
        try {
            reached =
                    dial.dial(
                            configured.isEmpty() ? state.hubs() : configured,
                            new HubAnchor(Fingerprint.parse(state.root()), state.bundle()),
                            Introduction.node(folder.key(random), Map.of(), Map.of()),
                            PairingPerson.nobody());
        } catch (DialException e) {
            if (isGone(e)) {
                return;
            }
            throw e;
        }
        var ended = new CompletableFuture<LinkEnd>();
        var link = link(reached, ended);
        try {
            Calls.ask(
                    link,
                    new Calls.Question(
                            UUID.randomUUID().toString(),
                            "leave",
                            DEADLINE,
                            true,
                            "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (IOException e) {
            if (!wasRevoked(ended)) {
                throw new EnrollException("The hub did not remove this node: " + e.getMessage());
            }
        } finally {
            link.close(LinkEnd.CLOSED, "left");
        }
    }

    /// Nothing is left to be told.
    private static boolean isGone(DialException e) {
        var refused = e.refused();
        return refused != null
                && (refused.code() == Refusal.REVOKED || refused.code() == Refusal.UNKNOWN_NODE);
    }

    /// The hub may cut the link of a node that it has removed before its answer arrives.
    private static boolean wasRevoked(CompletableFuture<LinkEnd> ended)
            throws InterruptedException {
        try {
            return ended.get(2, TimeUnit.SECONDS) == LinkEnd.REVOKED;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private static Link link(DialHub.Reached reached, CompletableFuture<LinkEnd> ended)
            throws InterruptedException {
        try {
            return reached.connection()
                    .handOver(channel ->
                            Link.start(
                                    channel,
                                    Link.Side.DIALER,
                                    LinkLimits.DEFAULT,
                                    stream ->
                                            stream.refuse(
                                                    StreamEnd.GOING_AWAY, "This node is leaving."),
                                    (cause, message) -> ended.complete(cause)))
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
