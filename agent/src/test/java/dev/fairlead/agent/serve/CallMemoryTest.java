package dev.fairlead.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallMemoryTest {

    @TempDir Path dir;
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final AtomicInteger runs = new AtomicInteger();

    private CallMemory open() throws IOException {
        return new CallMemory(dir.resolve("calls.log"), () -> now);
    }

    private byte[] run() {
        return new byte[] {(byte) runs.incrementAndGet()};
    }

    @Test
    void aRepeatGetsTheFirstAnswerAlsoAfterARestart() throws Exception {
        try (var memory = open()) {
            assertThat(memory.once("a", this::run)).containsExactly(1);
            assertThat(memory.once("a", this::run)).containsExactly(1);
            assertThat(memory.once("ü b", this::run)).containsExactly(2);
            assertThat(memory.once("empty", () -> new byte[0])).isEmpty();
        }
        try (var memory = open()) {
            assertThat(memory.once("a", this::run)).containsExactly(1);
            assertThat(memory.once("ü b", this::run)).containsExactly(2);
            assertThat(memory.once("empty", this::run)).isEmpty();
        }
        assertThat(runs).hasValue(2);
    }

    private byte[] refuse() throws IOException {
        run();
        throw new StreamException(StreamEnd.DENIED, "no way");
    }

    @Test
    void aFailureIsRememberedToo() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (var memory = open()) {
                assertThatThrownBy(() -> memory.once("a", this::refuse))
                        .isInstanceOfSatisfying(
                                StreamException.class,
                                e -> assertThat(e.end()).isEqualTo(StreamEnd.DENIED))
                        .hasMessage("no way");
            }
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void aCallThatACrashCutOffIsNotRunAgain() throws Exception {
        try (var memory = open()) {
            memory.once("a", this::run);
        }
        var file = dir.resolve("calls.log");
        Files.writeString(file, Files.readAllLines(file).getFirst() + "\n12 brok");
        try (var memory = open()) {
            assertThatThrownBy(() -> memory.once("a", this::run)).hasMessageContaining("cut off");
            assertThat(memory.once("b", this::run)).containsExactly(2);
        }
    }

    @Test
    void oneAtATime() throws Exception {
        var started = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var memory = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first =
                    threads.submit(() ->
                            memory.once(
                                    "a",
                                    () -> {
                                        started.countDown();
                                        waitFor(go);
                                        return run();
                                    }));
            started.await();
            assertThatThrownBy(() -> memory.once("a", this::run)).hasMessageContaining("running");
            go.countDown();
            assertThat(first.get()).containsExactly(1);
            assertThat(memory.once("a", this::run)).containsExactly(1);
        }
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aDayLaterItIsForgottenAndTheFileIsShort() throws Exception {
        try (var memory = open()) {
            memory.once("a", this::run);
            now = now.plus(Duration.ofDays(1)).plusSeconds(1);
            assertThat(memory.once("a", this::run)).containsExactly(2);
        }
        now = now.plus(Duration.ofDays(2));
        open().close();
        assertThat(dir.resolve("calls.log")).isEmptyFile();
    }

    @Test
    void aFullMemoryRefusesInsteadOfForgetting() throws Exception {
        try (var memory = open()) {
            memory.once("first", this::run);
        }
        var file = dir.resolve("calls.log");
        var line = Files.readAllLines(file).getLast();
        var text = new StringBuilder();
        for (int i = 0; i < 4_100; i++) {
            text.append(line.replaceFirst(" \\S+ ", " " + CallOutcome.encode("id " + i) + " "))
                    .append('\n');
        }
        Files.writeString(file, text, StandardOpenOption.APPEND);
        try (var memory = open()) {
            assertThatThrownBy(() -> memory.once("new", this::run))
                    .isInstanceOf(StreamException.class);
            assertThat(memory.once("first", this::run)).containsExactly(1);
        }
    }
}
