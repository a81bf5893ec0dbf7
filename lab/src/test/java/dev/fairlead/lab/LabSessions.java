package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.access.Session;
import dev.fairlead.hub.access.SessionFilter;
import java.time.Duration;
import java.util.List;

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

    /// Waits until none of this kind lives, and gives why the newest one ended.
    String endOf(String kind) {
        await().atMost(PATIENCE).until(() -> live(kind).isEmpty());
        return String.valueOf(newest(kind).cause());
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
