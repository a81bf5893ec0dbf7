package dev.fairlead.hub.db;

import dev.fairlead.hub.db.DatabaseUnusable.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;

/// Makes the hub's cluster: `initdb`, then the two roles and the database in single-user mode, all
/// under another name, so that a folder `data` that is there is complete.
final class MakeCluster {

    static final String SUPERUSER = "fairlead_super";
    static final String OWNER = "fairlead_owner";
    static final String APP = "fairlead_app";

    private MakeCluster() {}

    static void run(
            PostgresFolder folder,
            Path binaries,
            RunAs as,
            List<String> passwords,
            Consumer<String> progress)
            throws IOException {
        progress.accept("Making the hub's database");
        Path made = folder.path().resolve("data.new");
        Path password = folder.path().resolve("password.new");
        Binaries.delete(made);
        try {
            Files.createDirectory(made);
            as.own(made);
            SecretFile.write(password, passwords.get(0) + "\n");
            as.own(password);
            must(
                    RunAs.finish(
                            as.builder(
                                    List.of(
                                            binaries.resolve("bin/initdb").toString(),
                                            "-D",
                                            made.toString(),
                                            "-U",
                                            SUPERUSER,
                                            "--pwfile=" + password,
                                            "-A",
                                            "scram-sha-256",
                                            "-E",
                                            "UTF8",
                                            "--locale-provider=builtin",
                                            "--builtin-locale=C.UTF-8",
                                            "--locale=C")),
                            null,
                            120),
                    folder);
            must(
                    RunAs.finish(
                            as.builder(
                                    List.of(
                                            binaries.resolve("bin/postgres").toString(),
                                            "--single",
                                            "-D",
                                            made.toString(),
                                            "-c",
                                            "exit_on_error=on",
                                            "postgres")),
                            """
                            CREATE ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '%s'
                            CREATE ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '%s'
                            CREATE DATABASE %s OWNER %s
                            """
                                    .formatted(
                                            OWNER,
                                            passwords.get(1),
                                            APP,
                                            passwords.get(2),
                                            EmbeddedPostgres.DATABASE,
                                            OWNER),
                            60),
                    folder);
            Files.move(made, folder.data(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    private static void must(RunAs.Ran ran, PostgresFolder folder) {
        if (ran.code() == 0) {
            return;
        }
        boolean full = ran.output().contains("No space left");
        throw new DatabaseUnusable(
                full ? Reason.CANNOT_WRITE : Reason.DID_NOT_START,
                "The database in " + folder.path() + " cannot be made: " + ran.output().strip(),
                full
                        ? "Free some space on that disk and start again."
                        : "The lines above say why.");
    }
}
