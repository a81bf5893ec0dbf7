package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.access.Session;
import dev.fairlead.hub.access.SessionFilter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/// What a hub has recorded of the sessions of the lab's tenant.
final class LabSessions {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Lab lab;

    LabSessions(Lab lab) {
        this.lab = lab;
    }

    List<Session> live(String kind) {
        return all(kind).stream().filter(Session::isLive).toList();
    }

    Session newest(String kind) {
        return all(kind).getFirst();
    }

    /// Waits until none of this kind lives, and gives why the last one ended: a forward's session
    /// may be older than one that has ended before it.
    String endOf(String kind) {
        await().atMost(PATIENCE).until(() -> live(kind).isEmpty());
        var last =
                all(kind).stream()
                        .max(Comparator.comparing(s -> Objects.requireNonNull(s.ended())))
                        .orElseThrow();
        return String.valueOf(last.cause());
    }

    /// Newest first.
    List<Session> all(String kind) {
        return lab
                .hub()
                .services()
                .sessions()
                .page(lab.tenantId(Lab.TENANT), SessionFilter.ALL, null, 200)
                .stream()
                .filter(session -> session.kind().equals(kind))
                .toList();
    }
}
