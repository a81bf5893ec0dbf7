package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.link.LongRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The hub is killed under many sessions: all of them go on, soon after it answers again.
@Tag("long")
@Timeout(300)
class KilledHubTest {

    private static final int SESSIONS = LongRun.isAsked() ? 200 : 40;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final int RATE = 2_000;

    @TempDir Path folder;

    @Test
    void allSessionsGoOn() throws Exception {
        LongRun.prove("hub killed under live sessions", this::kill);
    }

    /// @return how long the streams paused
    private String kill() throws Exception {
        var targets = new ArrayList<CheckedConnection.Target>();
        try (var lab = new Lab(folder)) {
            var node = lab.agent(Lab.TENANT, "node");
            var person = lab.cli("admin");
            long linked = node.linked();
            var hub = new HubUnderFaults(lab, List.of(), "");
            await().atMost(PATIENCE).until(() -> node.linked() > linked);
            // Each target is a session of its own.
            List<String> command = new ArrayList<>(List.of("forward", "-v", node.name()));
            for (int i = 0; i < SESSIONS; i++) {
                targets.add(new CheckedConnection.Target());
                command.add("0:127.0.0.1:" + targets.getLast().port());
            }
            try (var forward = person.start(command.toArray(String[]::new))) {
                await().atMost(PATIENCE)
                        .until(() -> Forwarded.ports(forward.out()).size() == SESSIONS);
                var ports = Forwarded.ports(forward.out());
                var connections = new ArrayList<CheckedConnection>();
                for (int i = 0; i < SESSIONS; i++) {
                    connections.add(
                            CheckedConnection.open(
                                    ports.get(i), targets.get(i), "session " + i, i, RATE));
                }
                var streams = connections.stream().flatMap(one -> one.streams().stream()).toList();
                await().atMost(PATIENCE)
                        .until(() -> streams.stream().allMatch(one -> one.received() > 0));

                hub.kill();
                streams.forEach(CheckedStream::awaitNext);
                hub.start();
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(streams)
                                        .as(forward.err())
                                        .allMatch(one -> one.next() != 0));
                String pauses = pauses(streams, hub.answered());

                // All at once: each finishes what it is at.
                streams.forEach(CheckedStream::end);
                for (var connection : connections) {
                    assertThat(connection.end(PATIENCE)).as("%s", connection.streams()).isTrue();
                    connection.close();
                }
                assertThat(streams).allSatisfy(one -> assertThat(one.problems()).isEmpty());
                return pauses;
            } finally {
                hub.close();
            }
        } finally {
            for (var target : targets) {
                target.close();
            }
        }
    }

    private static String pauses(List<CheckedStream> streams, long answered) {
        var pauses = streams.stream().mapToLong(one -> one.next() - answered).sorted().toArray();
        long p99 = pauses[(int) Math.ceil(pauses.length * 0.99) - 1];
        String all =
                "%d sessions, from the hub's first answer to the next byte: median %.2f s, p99 %.2f s, worst %.2f s"
                        .formatted(
                                SESSIONS,
                                pauses[pauses.length / 2] / 1e9,
                                p99 / 1e9,
                                pauses[pauses.length - 1] / 1e9);
        if (LongRun.isAsked()) {
            assertThat(Duration.ofNanos(p99)).as(all).isLessThanOrEqualTo(BOUND);
        }
        return all;
    }
}
