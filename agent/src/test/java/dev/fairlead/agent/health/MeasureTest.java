package dev.fairlead.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasureTest {

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());

    @Test
    void thisMachine() {
        var measure = new Measure(Path.of("/proc"), Path.of("/sys"), InstantSource.system());
        var statistics = measure.now();
        assertThat(statistics.cores()).isPositive();
        assertThat(statistics.load()).hasSize(3);
        assertThat(statistics.memoryTotal()).isGreaterThan(statistics.memoryUsed());
        assertThat(statistics.uptime()).isPositive();
        assertThat(statistics.disks()).allMatch(disk -> disk.used() <= disk.total());
        assertThat(statistics.cpu()).isNull();
    }

    @Test
    void ratesAreOverTheTimeSinceTheLastMeasurement(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("net"));
        write(dir, "stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1\n");
        write(dir, "net/dev", netDev(1_000, 2_000));
        var measure = new Measure(dir, dir, clock);
        assertThat(measure.now().cpu()).isNull();
        write(dir, "stat", "cpu  150 0 100 850 0 0 0 0 0 0\ncpu0 1 1\n");
        write(dir, "net/dev", netDev(11_000, 2_500));
        millis.addAndGet(2_000);
        var second = measure.now();
        assertThat(second.cpu()).isEqualTo(0.5);
        assertThat(second.networkIn()).isEqualTo(5_000);
        assertThat(second.networkOut()).isEqualTo(250);
        assertThat(second.memoryTotal()).isNull();
        assertThat(second.disks()).isEmpty();
    }

    @Test
    void whatReadsStrangelyIsNullAndCostsNothingElse(@TempDir Path dir) throws IOException {
        write(dir, "stat", "gibberish\n");
        write(dir, "loadavg", "");
        write(dir, "uptime", "12.5 3.4\n");
        var statistics = new Measure(dir, dir, clock).now();
        assertThat(statistics.cpu()).isNull();
        assertThat(statistics.load()).isNull();
        assertThat(statistics.uptime()).isEqualTo(12);
    }

    private static void write(Path dir, String file, String text) throws IOException {
        Files.writeString(dir.resolve(file), text);
    }

    private static String netDev(long in, long out) {
        return """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
            lo: 999999 1 0 0 0 0 0 0 999999 1 0 0 0 0 0 0
          eth0: %d 1 0 0 0 0 0 0 %d 1 0 0 0 0 0 0
        """
                .formatted(in, out);
    }
}
