package dev.fairlead.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EchoTargetTest {

    private InetSocketAddress address;

    @BeforeEach
    void start() throws IOException {
        var loopback = InetAddress.getLoopbackAddress();
        var target = new EchoTarget(new InetSocketAddress(loopback, 0), 16);
        Thread.ofPlatform().daemon().start(target);
        address = new InetSocketAddress(loopback, target.port());
    }

    private Socket connect() throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    @Test
    void everyByteComesBackToWhoReadsLateAndTheEndAfterThem() throws Exception {
        byte[] sent = new byte[16 << 20];
        new Random(1).nextBytes(sent);
        try (var slow = connect()) {
            var written =
                    CompletableFuture.runAsync(() -> {
                        try {
                            slow.getOutputStream().write(sent);
                            slow.shutdownOutput();
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            // The buffers of both sockets hold less than that, so that the target cannot go on.
            Thread.sleep(300);
            assertThat(written).isNotDone();
            try (var quick = connect()) {
                quick.getOutputStream().write(new byte[] {1, 2, 3});
                assertThat(quick.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
            }
            assertThat(slow.getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    @Test
    void aConnectionThatBreaksTakesNoOtherWithIt() throws IOException {
        try (var other = connect()) {
            try (var broken = connect()) {
                broken.getOutputStream().write(new byte[64]);
                broken.setSoLinger(true, 0);
            }
            other.getOutputStream().write(7);
            assertThat(other.getInputStream().read()).isEqualTo(7);
        }
    }
}
