package dev.fairlead.hub.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A program that runs as long as this one, and is started again when it ends early.
///
/// The kernel ends it (SIGTERM) when this process dies, however that happens. It does so when the
/// *thread* that started the child ends, which is why that is a platform thread that lives as long.
final class ChildProcess implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ChildProcess.class);

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// In the rehearsal of a build (`build.sh`) a program writes down its start as it ends.
    private static final Duration TO_END =
            Duration.ofSeconds(System.getenv("FAIRLEAD_RECORD") == null ? 10 : 120);

    private final String name;
    private final List<String> argv;
    private final Map<String, String> environment;
    private final List<Integer> staysDown;
    private final Path output;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread keeper;
    private volatile @Nullable Process process;

    private ChildProcess(
            String name,
            List<String> argv,
            Map<String, String> environment,
            List<Integer> staysDown,
            Path output) {
        this.name = name;
        this.argv = withParent(argv);
        this.environment = environment;
        this.staysDown = staysDown;
        this.output = output;
        this.keeper = Thread.ofPlatform().name("keep-" + name).unstarted(this::keep);
    }

    /// @param name for the log
    /// @param environment on top of this process's own
    /// @param staysDown exit codes after which it is not started again
    /// @param output where its output goes, appended
    static ChildProcess start(
            String name,
            List<String> argv,
            Map<String, String> environment,
            List<Integer> staysDown,
            Path output) {
        var child = new ChildProcess(name, argv, environment, staysDown, output);
        child.keeper.start();
        return child;
    }

    /// The argv with the kernel's promise to end it with its parent.
    private static List<String> withParent(List<String> argv) {
        if (!Files.isExecutable(SETPRIV)) {
            return argv;
        }
        var all = new ArrayList<>(List.of(SETPRIV.toString(), "--pdeathsig", "TERM", "--"));
        all.addAll(argv);
        return all;
    }

    private void keep() {
        var pause = FIRST_PAUSE;
        try {
            do {
                long began = System.nanoTime();
                int code = run();
                if (closing.getCount() == 0) {
                    return;
                }
                if (staysDown.contains(code)) {
                    log.warn("The {} ended with {} and stays down; see {}", name, code, output);
                    return;
                }
                boolean ranWell = System.nanoTime() - began > LONGEST_PAUSE.toNanos();
                pause = ranWell ? FIRST_PAUSE : pause;
                log.warn(
                        "The {} ended with {} and is started again in {} s; see {}",
                        name,
                        code,
                        pause.toSeconds(),
                        output);
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause =
                        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                                ? LONGEST_PAUSE
                                : pause.multipliedBy(2);
            } while (true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int run() throws InterruptedException {
        try {
            var builder =
                    new ProcessBuilder(argv)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            var started = builder.start();
            process = started;
            if (closing.getCount() == 0) {
                started.destroy();
            }
            return started.waitFor();
        } catch (IOException e) {
            log.warn("The {} cannot be started: {}", name, e.getMessage());
            return -1;
        }
    }

    /// Ends it: with SIGTERM, and by force after [#TO_END].
    @Override
    public void close() {
        closing.countDown();
        var running = process;
        if (running != null) {
            running.destroy();
        }
        try {
            if (!keeper.join(TO_END)) {
                var stuck = process;
                if (stuck != null) {
                    log.warn("The {} does not end and is killed", name);
                    stuck.destroyForcibly();
                }
                keeper.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
