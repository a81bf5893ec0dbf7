package dev.fairlead.link;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that virtual threads run.
///
/// In Java 25 a virtual thread that waits until a class is initialised keeps its carrier (JEP 491,
/// "Future Work"), and one that gives way while it holds a monitor does not. Where all carriers, on
/// small machines two, wait for what such a holder will let go of, none is left to carry it, and
/// the process stands still for good. So where no virtual thread has begun for a while, there are
/// twice as many carriers, until they begin at once again.
public final class CarrierWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CarrierWatch.class);

    /// Longer than a virtual thread waits for its turn where ten thousand agents come at once.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Beyond it, what is wrong is something else.
    private static final int MOST = 128;

    private final long patience;
    private final int usual;
    private int carriers;

    private CarrierWatch(Duration patience, int usual) {
        this.patience = patience.toMillis();
        this.usual = usual;
        this.carriers = usual;
    }

    /// For the whole life of the process.
    public static void start() {
        start(
                PATIENCE,
                Integer.getInteger(
                        "jdk.virtualThreadScheduler.parallelism",
                        Runtime.getRuntime().availableProcessors()));
    }

    /// @return interrupted, it ends
    static Thread start(Duration patience, int usual) {
        return Thread.ofPlatform()
                .daemon()
                .name("carrier watch")
                .start(new CarrierWatch(patience, usual)::watch);
    }

    private void watch() {
        try {
            // First, so that a start does not wait for it.
            Thread.sleep(patience);
            while (true) {
                var begun = new CountDownLatch(1);
                Thread.startVirtualThread(begun::countDown);
                if (begun.await(patience, TimeUnit.MILLISECONDS)) {
                    carriers(usual);
                    Thread.sleep(patience);
                } else {
                    carriers(Math.min(2 * carriers, MOST));
                    // Only now: a logger may want just what nobody lets go of.
                    LOG.warn("No virtual thread had begun for {} ms, so more may run", patience);
                }
            }
        } catch (InterruptedException e) {
            carriers(usual);
        }
    }

    private void carriers(int wanted) {
        if (wanted != carriers) {
            carriers = wanted;
            // Asked for only here, since what it brings in takes a while.
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class)
                    .setParallelism(wanted);
        }
    }
}
