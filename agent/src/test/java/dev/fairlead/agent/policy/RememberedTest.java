package dev.fairlead.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RememberedTest {

    @Test
    void theSourceIsAskedAgainAfterASecondAndWhenTheClockIsSetBack() {
        var listeners = new ArrayList<Guarded.Listener>();
        var now = new AtomicReference<>(Instant.ofEpochSecond(1_000));
        var remembered = new Remembered(() -> List.copyOf(listeners), now::get);
        assertThat(remembered.get()).isEmpty();

        listeners.add(new Guarded.Listener(InetAddress.getLoopbackAddress(), 5432, "a database"));
        now.set(now.get().plusMillis(999));
        assertThat(remembered.get()).isEmpty();
        now.set(now.get().plusMillis(1));
        assertThat(remembered.get()).hasSize(1);

        listeners.clear();
        now.set(Instant.ofEpochSecond(10));
        assertThat(remembered.get()).isEmpty();
    }

    @Test
    void theSourceIsAskedBesideThoseWhoCannotWait() {
        var asked = new AtomicInteger();
        var now = new AtomicReference<>(Instant.ofEpochSecond(1_000));
        var remembered =
                new Remembered(
                        () -> {
                            asked.incrementAndGet();
                            return List.of();
                        },
                        now::get);
        assertThat(remembered.isFresh()).isFalse();
        assertThat(asked).hasValue(0);
        assertThat(remembered.get()).isEmpty();
        now.set(now.get().plusMillis(499));
        assertThat(remembered.isFresh()).isTrue();
        assertThat(asked).hasValue(1);

        now.set(now.get().plusMillis(1));
        assertThat(remembered.isFresh()).isTrue();
        await().untilAtomic(asked, equalTo(2));
        now.set(now.get().plusMillis(400));
        await().until(remembered::isFresh);
        assertThat(asked).hasValue(2);

        now.set(now.get().plusMillis(1_000));
        assertThat(remembered.isFresh()).isFalse();
        assertThat(asked).hasValue(2);
    }
}
