package dev.fairlead.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelaysTest {

    private Instant now = Instant.EPOCH;
    private final List<Long> waits = new ArrayList<>();
    private final Delays delays =
            new Delays(
                    new Clock() {
                        @Override
                        public ZoneId getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(ZoneId zone) {
                            return this;
                        }

                        @Override
                        public Instant instant() {
                            return now;
                        }
                    },
                    time -> waits.add(time.toSeconds()));

    private void fail(String account, String address) {
        try (Delays.Try attempt = delays.begin(account, address)) {
            attempt.failed();
        }
    }

    private void succeed(String account, String address) {
        try (Delays.Try attempt = delays.begin(account, address)) {
            attempt.succeeded();
        }
    }

    @Test
    void growPerSourceUpToHalfAMinute() {
        for (int i = 0; i < 10; i++) {
            fail("user-" + i, "192.0.2.1");
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void growPerAccountUpToEightSeconds() {
        for (int i = 0; i < 9; i++) {
            fail("ann", "192.0.2." + i);
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 8L, 8L);
    }

    @Test
    void areForgottenAfterAWhileAndAtASuccess() {
        for (int i = 0; i < 5; i++) {
            fail("ann", "192.0.2.1");
        }
        now = now.plus(Duration.ofMinutes(16));
        waits.clear();
        fail("ann", "192.0.2.1");
        assertThat(waits).isEmpty();
        for (int i = 0; i < 3; i++) {
            fail("ann", "192.0.2.1");
        }
        succeed("ann", "192.0.2.1");
        waits.clear();
        fail("ann", "192.0.2.1");
        assertThat(waits).isEmpty();
    }

    @Test
    void strangersDoNotSlowTheOwnerDown() {
        succeed("ann", "198.51.100.1");
        for (int i = 0; i < 100; i++) {
            fail("ann", "192.0.2." + i);
        }
        waits.clear();
        succeed("ann", "198.51.100.1");
        assertThat(waits).isEmpty();
    }

    @Test
    void aSourceOfIpv6IsItsNetwork() {
        for (int i = 1; i < 6; i++) {
            fail("user-" + i, "2001:db8:1:2::" + i);
        }
        assertThat(waits).containsExactly(1L, 2L);
        waits.clear();
        fail("user-x", "2001:db8:1:3::1");
        assertThat(waits).isEmpty();
    }

    @Test
    void eachSourceHasFewTriesUnderWay() {
        List<Delays.Try> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            open.add(delays.begin("ann", "192.0.2.1"));
        }
        assertThatThrownBy(() -> delays.begin("bob", "192.0.2.1"))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(Rejected.Code.TOO_MANY_ATTEMPTS);
                            assertThat(e.retryAfter()).isNotNull();
                        });
        succeed("ann", "192.0.2.2");
        open.getFirst().close();
        open.getFirst().close();
        open.set(0, delays.begin("bob", "192.0.2.1"));
        assertThatThrownBy(() -> delays.begin("bob", "192.0.2.1")).isInstanceOf(Rejected.class);
        open.forEach(Delays.Try::close);
    }

    @Test
    void theHubHasABoundOfTriesUnderWay() {
        for (int i = 0; i < 200; i++) {
            delays.begin("ann", "192.0.2." + i);
        }
        assertThatThrownBy(() -> delays.begin("ann", "198.51.100.1")).isInstanceOf(Rejected.class);
    }
}
