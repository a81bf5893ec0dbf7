package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseAccess.Login;
import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real PostgreSQL of the hub's own, durable and private: fsync is on, it listens on loopback
/// only, without a Unix socket, and lets in nobody but who proves one of three 256-bit passwords by
/// SCRAM. It is a child process in a session of its own.
///
/// It survives both parties: a hub that was killed finds its orphan by the data folder's lock file
/// and stops it before it starts anew; a postgres that was killed is started again, on the same
/// port, while this is open.
///
/// Flow: lock the folder -> unpack the programs -> stop our own orphan -> make the cluster (first
/// time) -> start -> wait until it says `ready` -> watch.
public final class EmbeddedPostgres implements AutoCloseable {

    /// The database in the cluster.
    public static final String DATABASE = "fairlead";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final PostgresFolder folder;
    private final Path binaries;
    private final RunAs as;
    private final List<String> passwords;

    private volatile int port;
    private volatile Process process;
    private volatile boolean closing;

    private EmbeddedPostgres(
            PostgresFolder folder, Path binaries, RunAs as, List<String> passwords, int port)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.binaries = binaries;
        this.as = as;
        this.passwords = passwords;
        this.port = port;
        this.process = startOnAnyPort();
    }

    /// Starts the database of this folder, and makes it when there is none.
    ///
    /// @param path the folder; made when missing
    /// @param progress told what a first start is busy with; not called otherwise
    /// @throws DatabaseUnusable with a message for the person at the terminal
    public static EmbeddedPostgres start(Path path, Consumer<String> progress) {
        return start(path, path, progress);
    }

    /// @param programs where the programs are unpacked, for tests that share them
    static EmbeddedPostgres start(Path path, Path programs, Consumer<String> progress) {
        RunAs as = RunAs.forProcess(System.getProperty("user.name", ""));
        PostgresFolder folder = PostgresFolder.open(path.toAbsolutePath());
        boolean started = false;
        try {
            as.mustEnter(folder.path());
            Path binaries = Binaries.unpack(programs.toAbsolutePath(), progress);
            List<String> passwords = folder.passwords();
            stopOrphan(folder, binaries, as);
            if (!Files.exists(folder.data())) {
                MakeCluster.run(folder, binaries, as, passwords, progress);
            }
            EmbeddedPostgres postgres =
                    new EmbeddedPostgres(folder, binaries, as, passwords, folder.port());
            Thread.ofVirtual().name("postgres-watch").start(postgres::watch);
            started = true;
            return postgres;
        } catch (IOException e) {
            throw PostgresFolder.cannotWrite(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnusable(
                    Reason.DID_NOT_START, "The start was interrupted.", "Start again.", e);
        } finally {
            if (!started) {
                closeQuietly(folder);
            }
        }
    }

    /// How to get into the database of a hub that runs on this folder, for a command beside it such
    /// as `hub reset-password`. It needs the hub's own user, who alone can read the passwords.
    ///
    /// @throws IOException where there is none, or the passwords cannot be read
    public static DatabaseAccess ofRunning(Path path) throws IOException {
        List<String> passwords = SecretFile.read(path.resolve("passwords")).lines().toList();
        int port = Integer.parseInt(Files.readString(path.resolve("port")).strip());
        return access(port, DATABASE, passwords);
    }

    /// How the hub gets in.
    public DatabaseAccess access() {
        return access(DATABASE);
    }

    DatabaseAccess access(String database) {
        return access(port, database, passwords);
    }

    private static DatabaseAccess access(int port, String database, List<String> passwords) {
        return new DatabaseAccess(
                // requireAuth: should another program get hold of the port while we are down, it
                // must not
                // be able to ask for the password in the clear.
                "jdbc:postgresql://127.0.0.1:"
                        + port
                        + "/"
                        + database
                        + "?requireAuth=scram-sha-256",
                new Login(MakeCluster.APP, passwords.get(2)),
                new Login(MakeCluster.OWNER, passwords.get(1)));
    }

    /// For maintenance and tests; the hub itself serves and migrates without.
    Login superuser() {
        return new Login(MakeCluster.SUPERUSER, passwords.get(0));
    }

    /// The loopback port, a row of the port matrix.
    public int port() {
        return port;
    }

    /// The process id of the server, for those who want to see it in `ps`.
    public long pid() {
        return process.pid();
    }

    private Process startOnAnyPort() throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            LastWords said = new LastWords();
            Process started = launch(said);
            if (awaitReady(started, said)) {
                folder.rememberPort(port);
                return started;
            }
            started.waitFor(10, TimeUnit.SECONDS);
            String words = said.text();
            if (tries < 50 && words.contains("pre-existing shared memory block")) {
                // Backends of a killed server notice within moments that it is gone.
                Thread.sleep(100);
            } else if (tries < 5 && words.contains("could not bind")) {
                port = folder.freePort();
            } else {
                throw new DatabaseUnusable(
                        words.contains("No space left")
                                ? Reason.CANNOT_WRITE
                                : Reason.DID_NOT_START,
                        "PostgreSQL does not start in " + folder.path() + ": " + words,
                        words.contains("No space left")
                                ? "Free some space on that disk and start again."
                                : "Its last words above say why. The data is untouched.");
            }
        }
    }

    private Process launch(LastWords said) throws IOException {
        Process started =
                as.builder(
                                List.of(
                                        binaries.resolve("bin/postgres").toString(),
                                        "-D",
                                        folder.data().toString(),
                                        "-c",
                                        "port=" + port,
                                        "-c",
                                        "listen_addresses=127.0.0.1",
                                        "-c",
                                        "unix_socket_directories=",
                                        // What a hub asks for is in memory: an index is
                                        // never worse than reading the fleet from end to end.
                                        "-c",
                                        "random_page_cost=1.1",
                                        "-c",
                                        "timezone=UTC",
                                        "-c",
                                        "log_timezone=UTC"))
                        .start();
        started.getOutputStream().close();
        Thread.ofVirtual().name("postgres-log").start(() -> said.follow(started));
        return started;
    }

    /// True when it takes connections, false when it ended instead.
    private boolean awaitReady(Process started, LastWords said)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!started.waitFor(5, TimeUnit.MILLISECONDS)) {
            PostmasterPid file = PostmasterPid.read(folder.data());
            if (file != null && file.pid() == started.pid() && file.ready()) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new DatabaseUnusable(
                        Reason.DID_NOT_START,
                        "PostgreSQL was not ready within "
                                + START_TIMEOUT.toSeconds()
                                + " s: "
                                + said.text(),
                        "After a crash it repairs its data first: start again.");
            }
        }
        return false;
    }

    /// Starts the server again whenever it ends, for as long as this is open.
    private void watch() {
        long pause = 100;
        while (true) {
            try {
                long since = System.nanoTime();
                int code = process.waitFor();
                if (closing) {
                    return;
                }
                LOG.error("PostgreSQL ended with code {}; starting it again", code);
                if (System.nanoTime() - since > TimeUnit.MINUTES.toNanos(1)) {
                    pause = 100;
                }
                restart();
            } catch (IOException | DatabaseUnusable e) {
                LOG.error("PostgreSQL does not start; next try in {} ms", pause, e);
            } catch (InterruptedException e) {
                return;
            }
            if (!process.isAlive()) {
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    return;
                }
                pause = Math.min(2 * pause, 10_000);
            }
        }
    }

    private synchronized void restart() throws IOException, InterruptedException {
        if (closing) {
            return;
        }
        LastWords said = new LastWords();
        // The same port: the pool knows no other.
        Process started = launch(said);
        if (awaitReady(started, said)) {
            process = started;
            LOG.info("PostgreSQL runs again");
        } else {
            LOG.warn("PostgreSQL did not come back: {}", said.text());
        }
    }

    /// Stops a server that a killed hub left behind. It is ours only when the process that the data
    /// folder names really is a postgres with this data folder; any other process that bears that
    /// number by chance is left alone and the stale file removed.
    private static void stopOrphan(PostgresFolder folder, Path binaries, RunAs as)
            throws IOException, InterruptedException {
        PostmasterPid file = PostmasterPid.read(folder.data());
        if (file == null) {
            return;
        }
        Optional<ProcessHandle> orphan =
                ProcessHandle.of(file.pid()).filter(p -> PostmasterPid.isOurs(p, folder.data()));
        if (orphan.isEmpty()) {
            Files.deleteIfExists(folder.data().resolve(PostmasterPid.NAME));
            return;
        }
        LOG.info("Stopping the PostgreSQL that a killed hub left behind, process {}", file.pid());
        stop(orphan.get(), binaries, as);
    }

    /// Fast shutdown (SIGINT: ends all connections, writes a checkpoint), at the latest after 20 s
    /// immediate, at the latest after 30 s by force. Durable in each case.
    private static void stop(ProcessHandle process, Path binaries, RunAs as) throws IOException {
        signal("INT", process, binaries, as);
        if (!ends(process, 20)) {
            LOG.warn("PostgreSQL does not end by itself; stopping it at once");
            signal("QUIT", process, binaries, as);
            if (!ends(process, 10)) {
                process.destroyForcibly();
                ends(process, 5);
            }
        }
    }

    private static void signal(String name, ProcessHandle process, Path binaries, RunAs as)
            throws IOException {
        RunAs.finish(
                as.builder(
                        List.of(
                                binaries.resolve("bin/pg_ctl").toString(),
                                "kill",
                                name,
                                Long.toString(process.pid()))),
                null,
                10);
    }

    private static boolean ends(ProcessHandle process, int seconds) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (PostmasterPid.runs(process)) {
                if (System.nanoTime() - until > 0) {
                    return false;
                }
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !PostmasterPid.runs(process);
        }
        return true;
    }

    /// Stops the server and releases the folder. Returns when it has ended.
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            try {
                if (process.isAlive()) {
                    stop(process.toHandle(), binaries, as);
                }
            } catch (IOException e) {
                LOG.warn("PostgreSQL could not be stopped in order", e);
                process.destroyForcibly();
            }
            closeQuietly(folder);
        }
    }

    private static void closeQuietly(PostgresFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            LOG.warn("The lock of {} could not be released", folder.path(), e);
        }
    }
}
