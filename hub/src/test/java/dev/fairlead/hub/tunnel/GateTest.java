package dev.fairlead.hub.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GateTest {

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void onlyWhoHasNotProvedThemselvesCounts() {
        var gate = new Gate(2, 2, nanos::get);
        assertThat(gate.enter("192.0.2.1")).isInstanceOf(Gate.In.class);
        assertThat(gate.enter("192.0.2.2")).isInstanceOf(Gate.In.class);
        assertThat(limit(gate.enter("192.0.2.3"))).isEqualTo("unproved");
        gate.leave("192.0.2.1");
        assertThat(gate.enter("192.0.2.3")).isInstanceOf(Gate.In.class);
        assertThat(gate.inside()).isEqualTo(2);
    }

    @Test
    void oneAddressLeavesPlacesToTheOthers() {
        var gate = new Gate(10, 2, nanos::get);
        gate.enter("192.0.2.1");
        gate.enter("192.0.2.1");
        assertThat(limit(gate.enter("192.0.2.1"))).isEqualTo("unproved-per-address");
        assertThat(gate.enter("192.0.2.2")).isInstanceOf(Gate.In.class);
        gate.leave("192.0.2.1");
        assertThat(gate.enter("192.0.2.1")).isInstanceOf(Gate.In.class);
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        var gate = new Gate(10, 2, nanos::get);
        gate.enter("2001:db8::1");
        gate.enter("2001:db8::2");
        assertThat(limit(gate.enter("2001:db8:0:0:ffff::3"))).isEqualTo("unproved-per-address");
        assertThat(gate.enter("2001:db8:0:1::1")).isInstanceOf(Gate.In.class);
    }

    @Test
    void thoseTurnedAwayComeBackOneAfterTheOther() {
        var gate = new Gate(1, 1, nanos::get);
        gate.enter("192.0.2.1");
        int last = 0;
        for (int i = 0; i < 1_000; i++) {
            int wait = ((Gate.Later) gate.enter("192.0.2.1")).retrySeconds();
            assertThat(wait).isGreaterThanOrEqualTo(Math.max(1, last));
            last = wait;
        }
        // 200 a second, as long as nobody has left.
        assertThat(last).isEqualTo(5);
    }

    @Test
    void aFasterHubAsksForShorterWaitsAndNoneIsLongerThanHalfAMinute() {
        var gate = new Gate(1, 1, nanos::get);
        for (int i = 0; i < 1_000; i++) {
            gate.enter("192.0.2.1");
            gate.leave("192.0.2.1");
        }
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        gate.enter("192.0.2.1");
        int last = 0;
        for (int i = 0; i < 1_000; i++) {
            last = ((Gate.Later) gate.enter("192.0.2.1")).retrySeconds();
        }
        assertThat(last).isEqualTo(1);
        for (int i = 0; i < 100_000; i++) {
            last = ((Gate.Later) gate.enter("192.0.2.1")).retrySeconds();
        }
        assertThat(last).isEqualTo(30);
    }

    private static String limit(Gate.Answer answer) {
        return ((Gate.Later) answer).limit();
    }
}
