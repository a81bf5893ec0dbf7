package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Kills programs under load: a person's forward, an agent, the hub. Connections through the
/// forward to another agent live on over all of that, with every byte, as long as the forward does.
final class SoakKiller implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CONNECTIONS = 4;
    private static final int RATE = 20_000;

    private final HubUnderFaults hub;
    private final LabAgent victim;
    private final LabCli person;
    private final LabAgent node;
    private final Random random;
    private final CheckedConnection.Target target = new CheckedConnection.Target();
    private final List<CheckedConnection> connections = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private Programs.Running forward;
    private int hubKills;
    private int agentKills;
    private int clientKills;

    /// @param victim the agent that is killed
    /// @param person signed in
    /// @param node where the connections go
    SoakKiller(HubUnderFaults hub, LabAgent victim, LabCli person, LabAgent node, Random random)
            throws Exception {
        this.hub = hub;
        this.victim = victim;
        this.person = person;
        this.node = node;
        this.random = random;
        this.forward = forward();
    }

    private Programs.Running forward() throws Exception {
        var started = person.start("forward", "-v", node.name(), "0:127.0.0.1:" + target.port());
        started.awaitOut("Listening on");
        int port = Forwarded.ports(started.out()).getFirst();
        while (connections.size() < CONNECTIONS) {
            connections.add(
                    CheckedConnection.open(port, target, "forwarded", random.nextLong(), RATE));
        }
        return started;
    }

    int hubKills() {
        return hubKills;
    }

    /// Kills the client or the agent, and starts it again.
    void killOne() throws Exception {
        if (random.nextBoolean()) {
            agentKills++;
            victim.signal("KILL");
            victim.process().waitFor();
            victim.start();
            return;
        }
        mustGoOn();
        clientKills++;
        forward.signal("KILL");
        forward.process().waitFor();
        letGo();
        forward = forward();
    }

    /// Kills the hub, starts it again, and waits until the connections go on.
    void killHub() throws Exception {
        hubKills++;
        hub.kill();
        hub.start();
        mustGoOn();
    }

    /// All bytes of before arrive.
    private void mustGoOn() {
        for (var connection : connections) {
            for (var stream : connection.streams()) {
                long mark = stream.sent();
                await().atMost(PATIENCE).until(() -> stream.received() >= mark || stream.isOver());
                wrong.addAll(stream.problems());
            }
        }
    }

    private void letGo() throws IOException {
        for (var connection : connections) {
            connection.close();
        }
        connections.clear();
        forward.close();
    }

    /// Ends the connections in order.
    ///
    /// @return what was not as it should be
    List<String> end() throws Exception {
        for (var connection : connections) {
            if (!connection.end(PATIENCE)) {
                wrong.add("does not end: " + connection.streams());
            }
            connection.streams().forEach(stream -> wrong.addAll(stream.problems()));
        }
        return wrong;
    }

    @Override
    public void close() throws IOException {
        letGo();
        target.close();
    }

    @Override
    public String toString() {
        return "%d clients, %d agents, %d hubs killed".formatted(clientKills, agentKills, hubKills);
    }
}
