package dev.fairlead.hub;

import dev.fairlead.hub.access.ServeClient;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.hub.db.EmbeddedPostgres;
import dev.fairlead.hub.http.SlowAccept;
import dev.fairlead.hub.observe.LinkMeters;
import dev.fairlead.hub.tls.InnerCertificate;
import dev.fairlead.hub.tls.ServedCertificates;
import dev.fairlead.hub.tunnel.HubKeys;
import dev.fairlead.hub.vault.MasterKey;
import dev.fairlead.hub.vault.Vault;
import dev.fairlead.link.handshake.InnerTlsServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What every capability of a hub stands on: its folder, database, threads, keys, certificates and
/// audit.
///
/// @param agents the same database by other connections, for what agents want of it
/// @param directoryName the hub's name in the directory of links and sessions: its first name at
///   its first start, which stays when the hub is renamed, so that it finds what it left open
/// @param ownPostgresPort 0 where the database is another's
/// @param threads for work that blocks: virtual threads
/// @param signatures for keys: half of the machine's cores at most
/// @param door of the listener
record Ground(
        HubConfig config,
        HubParts parts,
        Path data,
        String directoryName,
        Database database,
        Database agents,
        int ownPostgresPort,
        ExecutorService threads,
        ExecutorService signatures,
        SlowAccept door,
        Vertx vertx,
        HubKeys keys,
        ServedCertificates certificates,
        InnerTlsServer innerTls,
        Vault vault,
        LinkMeters meters,
        Audit audit,
        Events events) {

    private static final long CLOSE_SECONDS = 10;

    /// For admissions, beginnings and ends of links, policies and samples, one each.
    private static final int AGENTS_CONNECTIONS = 5;

    /// @throws ConfigException or `db.DatabaseUnusable` with a message for the person at the
    ///   terminal
    static Ground start(HubConfig config, HubParts parts, Started started) throws IOException {
        var data = folder(config.data());
        var postgres = postgres(config, parts, data, started);
        var database = started.add("database", Database.open(postgres.access()));
        var agents =
                started.add(
                        "agents' database",
                        database.beside(postgres.access(), "fairlead-agents", AGENTS_CONNECTIONS));
        var threads = threads(started);
        var signatures = signatures(started);
        var meters = new LinkMeters(parts.meters(), ServeClient.KINDS);
        var door =
                new SlowAccept(
                        config.limits().tlsHandshakes(),
                        config.limits().connections(),
                        config.limits().handshakeSeconds(),
                        threads);
        meters.tlsHandshakes(door, SlowAccept::unfinished, SlowAccept::waiting, SlowAccept::waits);
        var vertx = vertx(door, started);
        var keys = HubKeys.open(data.resolve("keys"), parts.random());
        var certificates =
                started.add(
                        "certificates",
                        ServedCertificates.start(config, parts.clock(), parts.random()));
        var vault =
                new Vault(
                        MasterKey.open(data.resolve("keys/master.key"), parts.random()),
                        parts.random());
        var audit = new Audit(database, meters::refused);
        meters.auditBacklog(audit, Audit::backlog);
        started.atEnd("audit", audit::flush);
        return new Ground(
                config,
                parts,
                data,
                directoryName(data, config),
                database,
                agents,
                postgres.ownPort(),
                threads,
                signatures,
                door,
                vertx,
                keys,
                certificates,
                InnerCertificate.make(parts.random()),
                vault,
                meters,
                audit,
                new Events(database));
    }

    /// The data folder, made where it is missing.
    static Path folder(Path data) throws IOException {
        // Others may pass through, to the database's own folder, and read nothing.
        Files.createDirectories(
                data,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        return data;
    }

    private static String directoryName(Path data, HubConfig config) throws IOException {
        Path file = data.resolve("directory-name");
        if (!Files.exists(file)) {
            Files.writeString(file, config.names().getFirst() + "\n");
        }
        return Files.readString(file).strip();
    }

    /// Where the database is, and the port of the hub's own one or 0.
    private record Postgres(DatabaseAccess access, int ownPort) {}

    private static Postgres postgres(HubConfig config, HubParts parts, Path data, Started started) {
        var wanted = config.database();
        if (wanted.url() == null) {
            var own =
                    started.add(
                            "postgres",
                            EmbeddedPostgres.start(data.resolve("postgres"), parts.progress()));
            return new Postgres(own.access(), own.port());
        }
        return new Postgres(wanted.access(), 0);
    }

    private static ExecutorService threads(Started started) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        started.atEnd(
                "threads",
                () -> {
                    threads.shutdown();
                    if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                        threads.shutdownNow();
                    }
                });
        return threads;
    }

    private static ExecutorService signatures(Started started) {
        var signatures =
                Executors.newFixedThreadPool(
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                        Thread.ofPlatform().daemon().name("signatures-", 0).factory());
        started.atEnd("signatures", signatures::shutdownNow);
        return signatures;
    }

    private static Vertx vertx(SlowAccept door, Started started) {
        var vertx =
                Vertx.builder()
                        .with(
                                new VertxOptions()
                                        .setEventLoopPoolSize(
                                                Runtime.getRuntime().availableProcessors()))
                        .withTransport(door)
                        .build();
        started.atEnd(
                "vertx",
                () ->
                        vertx.close()
                                .toCompletionStage()
                                .toCompletableFuture()
                                .get(CLOSE_SECONDS, TimeUnit.SECONDS));
        return vertx;
    }

    /// The name by which the hub calls itself.
    String name() {
        return config.names().getFirst();
    }

    /// The address in what it hands out.
    URI url() {
        return config.url();
    }
}
