package dev.fairlead.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.Rejected;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PasswordsTest {

    static final Passwords.Cost CHEAP = new Passwords.Cost(64, 1, 1);

    private final Passwords passwords = new Passwords(new SecureRandom(), CHEAP);

    @Test
    void fits() {
        String stored = passwords.hash("correct horse battery");
        assertThat(stored).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
        assertThat(passwords.fits("correct horse battery", stored)).isTrue();
        assertThat(passwords.fits("correct horse batterz", stored)).isFalse();
        assertThat(passwords.fits("", stored)).isFalse();
        assertThat(passwords.fits("correct horse battery", null)).isFalse();
        assertThat(passwords.hash("correct horse battery")).isNotEqualTo(stored);
        // The same letters, decomposed.
        assertThat(passwords.fits("pa\u0308sswo\u0308rter", passwords.hash("p\u00e4ssw\u00f6rter")))
                .isTrue();
    }

    @Test
    void theStandardCostIsWhatIsDocumented() {
        Passwords standard = new Passwords(new SecureRandom());
        String stored = standard.hash("correct horse battery");
        assertThat(stored).startsWith("$argon2id$v=19$m=32768,t=3,p=1$");
        assertThat(standard.fits("correct horse battery", stored)).isTrue();
        // What was stored at another cost goes on to fit.
        assertThat(passwords.fits("correct horse battery", stored)).isTrue();
    }

    @Test
    void rules() {
        assertThatThrownBy(() -> passwords.hash("123456789")).isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> passwords.hash("x".repeat(1025))).isInstanceOf(Rejected.class);
        String longest = passwords.hash("x".repeat(1024));
        assertThat(passwords.fits("x".repeat(1024), longest)).isTrue();
        assertThat(passwords.fits("x".repeat(5_000_000), longest)).isFalse();
    }

    @Test
    void aFloodIsToldThatTheHubIsBusy() throws Exception {
        Passwords slow = new Passwords(new SecureRandom(), new Passwords.Cost(8 * 1024, 8, 1));
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(200);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                threads.submit(() -> {
                    all.countDown();
                    try {
                        slow.fits("wrong password", null);
                        done.incrementAndGet();
                    } catch (Rejected e) {
                        assertThat(e.code()).isEqualTo(Rejected.Code.UNAVAILABLE);
                        busy.incrementAndGet();
                    }
                });
            }
            all.await();
        }
        await().until(() -> done.get() + busy.get() == 200);
        assertThat(busy.get()).isPositive();
        assertThat(done.get()).isPositive();
    }
}
