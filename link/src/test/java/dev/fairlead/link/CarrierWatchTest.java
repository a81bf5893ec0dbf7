package dev.fairlead.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// All carriers wait for a class, which waits for a monitor, whose holder waits for a carrier. Once
/// in a JVM, since a class is initialised once.
final class CarrierWatchTest {

    private static final int CARRIERS = 2;
    private static final Object MONITOR = new Object();

    private final VirtualThreadSchedulerMXBean scheduler =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    private final int usual = scheduler.getParallelism();

    @BeforeEach
    void fewCarriers() {
        scheduler.setParallelism(CARRIERS);
    }

    @AfterEach
    void allCarriers() {
        scheduler.setParallelism(usual);
    }

    private static final class Slow {
        static final int VALUE;

        static {
            synchronized (MONITOR) {
                VALUE = 1;
            }
        }
    }

    @Test
    void aHolderThatNoCarrierIsLeftForGoesOn() throws Exception {
        var held = new CountDownLatch(1);
        var letGo = new CountDownLatch(1);
        var holder =
                Thread.startVirtualThread(() -> {
                    synchronized (MONITOR) {
                        held.countDown();
                        awaitQuietly(letGo);
                    }
                });
        held.await();
        // Without a carrier: one that is still on its way to its wait could let go without another.
        while (holder.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        var begun = new CountDownLatch(CARRIERS);
        var waiting = new ArrayList<Thread>();
        var sum = new AtomicInteger();
        for (int i = 0; i < CARRIERS; i++) {
            waiting.add(
                    Thread.startVirtualThread(() -> {
                        begun.countDown();
                        sum.addAndGet(Slow.VALUE);
                    }));
        }
        // From here on each keeps its carrier: nothing on the way to the class gives way.
        begun.await();
        letGo.countDown();
        // Java 25 is as it is: without help it stays so.
        assertFalse(holder.join(Duration.ofMillis(300)));

        var watch = CarrierWatch.start(Duration.ofMillis(50), CARRIERS);
        assertTrue(holder.join(Duration.ofSeconds(20)));
        for (var thread : waiting) {
            assertTrue(thread.join(Duration.ofSeconds(20)));
        }
        assertEquals(CARRIERS, sum.get());

        while (scheduler.getParallelism() != CARRIERS) {
            Thread.sleep(1);
        }
        watch.interrupt();
        watch.join();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
