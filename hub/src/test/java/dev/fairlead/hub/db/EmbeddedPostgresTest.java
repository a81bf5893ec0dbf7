package dev.fairlead.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresTest {

    /// One cluster for all tests that do not mind what is in it: to make one takes a second.
    private static Path shared;

    private static Path programs;

    private Path folder;
    private Path home;

    @BeforeAll
    static void makeShared() throws IOException {
        shared = TestDatabase.passable("fairlead-postgres-test-");
        programs = TestDatabase.programs(shared);
    }

    @AfterAll
    static void deleteShared() {
        Binaries.delete(shared);
    }

    @BeforeEach
    void useShared() {
        folder = shared;
        home = shared.resolve("postgres");
    }

    @AfterEach
    void deleteOwn() {
        if (!folder.equals(shared)) {
            Binaries.delete(folder);
        }
    }

    private void ownHome() throws IOException {
        folder = TestDatabase.passable("fairlead-postgres-test-");
        home = folder.resolve("postgres");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(home, programs, line -> {});
    }

    @Test
    void isDurablePrivateAndKeepsWhatItHas() throws Exception {
        ownHome();
        List<String> progress = new ArrayList<>();
        int port;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home, programs, progress::add)) {
            port = postgres.port();
            assertThat(progress).last().isEqualTo("Making the hub's database");
            assertThat(query(postgres, "show fsync")).isEqualTo("on");
            assertThat(query(postgres, "show full_page_writes")).isEqualTo("on");
            assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "show data_checksums")).isEqualTo("on");
            assertThat(query(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "show unix_socket_directories")).isEmpty();
            assertThat(query(postgres, "show server_encoding")).isEqualTo("UTF8");
            assertThat(
                            query(
                                    postgres,
                                    "select string_agg(datlocprovider::text || datlocale, ' ') from"
                                            + " pg_database where datname = 'fairlead'"))
                    .isEqualTo("bC.UTF-8");
            assertThat(
                            query(
                                    postgres,
                                    "select bool_and(auth_method = 'scram-sha-256') from"
                                            + " pg_hba_file_rules"))
                    .isEqualTo("t");
            assertThat(
                            query(
                                    postgres,
                                    "select rolpassword from pg_authid where rolname = 'fairlead_app'"))
                    .startsWith("SCRAM-SHA-256$");
            execute(postgres, "create table kept (x int)");
            assertThatThrownBy(() ->
                            DriverManager.getConnection(
                                    postgres.access().url(), "fairlead_app", "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve("passwords"))))
                .isEqualTo("rw-------");
        progress.clear();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home, programs, progress::add)) {
            assertThat(progress).isEmpty();
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "select count(*) from kept")).isEqualTo("0");
            assertThat(EmbeddedPostgres.ofRunning(home)).isEqualTo(postgres.access());
        }
    }

    @Test
    void anotherHubOnTheFolderIsRefused() {
        try (EmbeddedPostgres postgres = start()) {
            assertThat(postgres.pid()).isPositive();
            assertThatThrownBy(this::start)
                    .isInstanceOfSatisfying(
                            DatabaseUnusable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.IN_USE))
                    .hasMessageContaining("Another hub works on the data folder");
        }
    }

    @Test
    void anotherMajorVersionIsRefusedAndLeftAlone() throws IOException {
        ownHome();
        Files.createDirectories(home.resolve("data"));
        Files.writeString(home.resolve("data/PG_VERSION"), "17\n");
        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(
                        DatabaseUnusable.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_VERSION))
                .hasMessageContaining("made by PostgreSQL 17; this hub runs 18");
        assertThat(home.resolve("data")).isDirectoryContaining("glob:**/PG_VERSION");
        // And the folder is not left locked.
        assertThatThrownBy(this::start).hasMessageContaining("PostgreSQL 17");
    }

    @Test
    void aFolderThatItsUserCannotEnterIsRefused() throws IOException {
        ownHome();
        org.junit.jupiter.api.Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "only root changes its user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(
                        DatabaseUnusable.class,
                        e -> {
                            assertThat(e.reason()).isEqualTo(Reason.NOT_ENTERABLE);
                            assertThat(e.hint()).contains("/var/lib/fairlead");
                        })
                .hasMessageContaining("runs as user fairlead, which cannot enter " + home);
    }

    @Test
    void aKilledServerIsStartedAgainAndLosesNothing() throws Exception {
        try (EmbeddedPostgres postgres = start()) {
            execute(postgres, "create table survivor (x int)");
            execute(postgres, "insert into survivor values (1)");
            int port = postgres.port();
            long pid = postgres.pid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> query(postgres, "select count(*) from survivor").equals("1"));
            assertThat(postgres.pid()).isNotEqualTo(pid);
            assertThat(postgres.port()).isEqualTo(port);
        }
    }

    /// What a hub leaves behind that was killed: its postgres, without anybody who watches.
    @Test
    void theServerOfAKilledHubIsFoundAndStopped() throws Exception {
        start().close();
        Process orphan = orphan();
        try (EmbeddedPostgres postgres = start()) {
            assertThat(orphan.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(postgres.pid()).isNotEqualTo(orphan.pid());
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        } finally {
            orphan.destroyForcibly();
        }
    }

    /// As the first process of many containers, this parent never asks how its child ended.
    @Test
    void whatHasEndedUnheardDoesNotRun() throws Exception {
        Process parent =
                new ProcessBuilder("/bin/sh", "-c", "sleep 0 & echo $!; exec sleep 600").start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
            await().until(() -> !PostmasterPid.runs(child));
            assertThat(child.isAlive()).isTrue();
            assertThat(PostmasterPid.runs(parent.toHandle())).isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void theServerOfAKilledHubThatWasKilledTooIsRecovered() throws Exception {
        start().close();
        Process orphan = orphan();
        orphan.destroyForcibly().waitFor();
        assertThat(home.resolve("data/postmaster.pid")).exists();
        try (EmbeddedPostgres postgres = start()) {
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aStrangerWithTheNumberInAStalePidFileIsLeftAlone() throws Exception {
        start().close();
        Process stranger = new ProcessBuilder("/bin/sleep", "600").start();
        try {
            Files.writeString(
                    home.resolve("data/postmaster.pid"),
                    stranger.pid() + "\n" + home.resolve("data") + "\n0\n1\n\n\n\nready\n");
            try (EmbeddedPostgres postgres = start()) {
                assertThat(query(postgres, "select 1")).isEqualTo("1");
            }
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void aTakenPortIsGivenUp() throws Exception {
        int port;
        try (EmbeddedPostgres postgres = start()) {
            port = postgres.port();
        }
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                EmbeddedPostgres postgres = start()) {
            assertThat(postgres.port()).isNotEqualTo(other.getLocalPort());
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void anUnfinishedFirstStartIsBegunAgain() throws Exception {
        ownHome();
        Files.createDirectories(home.resolve("data.new/base"));
        Files.writeString(home.resolve("data.new/PG_VERSION"), "18\n");
        try (EmbeddedPostgres postgres = start()) {
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
        assertThat(home.resolve("data.new")).doesNotExist();
        assertThat(home.resolve("password.new")).doesNotExist();
    }

    @Test
    void anExternalDatabaseThatIsNotThereOrRefusesIsSaid() {
        try (EmbeddedPostgres postgres = start()) {
            DatabaseAccess good = postgres.access();
            Migrate.run(good);
            assertThatThrownBy(() ->
                            Database.open(
                                    new DatabaseAccess(
                                            good.url(),
                                            new DatabaseAccess.Login("fairlead_app", "wrong"),
                                            good.owner())))
                    .isInstanceOfSatisfying(
                            DatabaseUnusable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
            // A role that could see everything is no role to serve with.
            assertThatThrownBy(() ->
                            Database.open(
                                    new DatabaseAccess(
                                            good.url(), postgres.superuser(), good.owner()),
                                    1))
                    .isInstanceOfSatisfying(
                            DatabaseUnusable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE_ROLE));
            assertThatThrownBy(() ->
                            Database.open(
                                    new DatabaseAccess(
                                            good.url(), good.owner(), postgres.superuser()),
                                    1))
                    .isInstanceOfSatisfying(
                            DatabaseUnusable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.UNSAFE_ROLE));
        }
        assertThatThrownBy(() ->
                        Migrate.run(
                                new DatabaseAccess(
                                        "jdbc:postgresql://127.0.0.1:1/fairlead",
                                        new DatabaseAccess.Login("a", "a"),
                                        new DatabaseAccess.Login("b", "b"))))
                .isInstanceOfSatisfying(
                        DatabaseUnusable.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        ownHome();
        try (EmbeddedPostgres postgres = start()) {
            Migrate.run(postgres.access());
            execute(
                    postgres,
                    "insert into fairlead.flyway_schema_history select installed_rank + 100, '9999',"
                            + " 'of the future', type, 'V9999__x.sql', checksum, installed_by, now(), 1,"
                            + " true from fairlead.flyway_schema_history where version = '1'");
            assertThatThrownBy(() -> Migrate.run(postgres.access()))
                    .isInstanceOfSatisfying(
                            DatabaseUnusable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_VERSION));
        }
    }

    @Test
    void theListOfMigrationsIsWhatFlywayFinds() throws Exception {
        try (EmbeddedPostgres postgres = start()) {
            Migrate.run(postgres.access());
            assertThat(Migrate.configure(postgres.access()).info().all())
                    .filteredOn(m -> m.getVersion() != null)
                    .extracting(m -> m.getScript())
                    .containsExactlyElementsOf(Migrate.FILES);
            assertThat(Migrate.isCurrent(postgres.access())).isTrue();
        }
    }

    private Process orphan() throws Exception {
        RunAs as = RunAs.forProcess(System.getProperty("user.name"));
        Path binaries = Binaries.unpack(programs, line -> {});
        Process process =
                as.builder(
                                List.of(
                                        binaries.resolve("bin/postgres").toString(),
                                        "-D",
                                        home.resolve("data").toString(),
                                        "-c",
                                        "port=" + Files.readString(home.resolve("port")).strip(),
                                        "-c",
                                        "unix_socket_directories="))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        await().until(() -> {
            Path file = home.resolve("data/postmaster.pid");
            return Files.exists(file) && Files.readString(file).contains("ready");
        });
        return process;
    }

    private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection c = connect(postgres);
                Statement s = c.createStatement();
                ResultSet rows = s.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection c = connect(postgres);
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        var login = postgres.superuser();
        return DriverManager.getConnection(postgres.access().url(), login.role(), login.password());
    }
}
