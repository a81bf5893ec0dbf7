package dev.fairlead.lab.bench;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.Hub;
import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.HubParts;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.hub.rbac.Grants;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A process with a hub in it, for what the bench needs and no operator has: nodes by the thousand,
/// and one call to all of them. Given a data folder, two ports and a number of nodes, it makes
/// those that are missing, says the hub's fingerprint, and reads commands:
///
/// ```
/// await N SECONDS    waits for N links
/// fan-out            asks all linked nodes once, all at once
/// ```
final class HerdHub {

    static final String USER = "admin";
    static final String PASSWORD = "correct-horse-battery";

    private static final String TENANT = "herd";

    private final Hub.Services hub;

    private HerdHub(Hub.Services hub) {
        this.hub = hub;
    }

    public static void main(String[] args) throws IOException {
        Logging.start(Level.WARN);
        var config =
                HubConfig.local(Path.of(args[0]), Integer.parseInt(args[1]))
                        .withObserve(new HubConfig.Observe(Ports.HERE, Integer.parseInt(args[2])));
        try (var hub = Hub.start(config, HubParts.standard(Path.of(args[0], "none")))) {
            var own = new HerdHub(hub.services());
            own.complete(Integer.parseInt(args[3]));
            System.out.println(hub.fingerprint());
            var commands =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(own.answer(line.split(" ")));
            }
        }
    }

    private void complete(int nodes) {
        if (hub.tenants().find(TENANT).isEmpty()) {
            hub.tenants().create(Actor.HUB, new Name(TENANT));
            hub.users().create(Actor.HUB, TenantId.SYSTEM, new Name(USER), PASSWORD);
            var everything = new Grants.Wanted(USER, Role.ADMIN, Selector.ALL, Logins.ANY);
            hub.grants().give(Actor.HUB, TenantId.SYSTEM, everything);
            hub.grants()
                    .give(
                            Actor.HUB,
                            tenant(),
                            new Grants.Wanted(
                                    USER + "@system", Role.ADMIN, Selector.ALL, Logins.ANY));
            HerdNodes.enrol(hub.database(), tenant(), nodes);
        }
    }

    private TenantId tenant() {
        return hub.tenants().find(TENANT).orElseThrow().id();
    }

    private String answer(String[] command) {
        try {
            return switch (command[0]) {
                case "await" -> await(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
                case "fan-out" -> fanOut();
                default -> throw new IOException("no command " + command[0]);
            };
        } catch (IOException | InterruptedException e) {
            return "error " + e;
        }
    }

    private String await(int links, int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (hub.links().count() < links) {
            if (System.nanoTime() > end) {
                throw new IOException(hub.links().count() + " of " + links + " linked");
            }
            Thread.sleep(10);
        }
        return "links=" + hub.links().count();
    }

    private String fanOut() throws IOException, InterruptedException {
        var links = hub.links().all();
        var failed = new AtomicInteger();
        var left = new CountDownLatch(links.size());
        long began = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var live : links) {
                threads.execute(() -> {
                    if (!asked(live.link())) {
                        failed.incrementAndGet();
                    }
                    left.countDown();
                });
            }
            if (!left.await(60, TimeUnit.SECONDS)) {
                throw new IOException(left.getCount() + " of " + links.size() + " did not answer");
            }
        }
        return "seconds=%s failed=%s asked=%s"
                .formatted((System.nanoTime() - began) / 1e9, failed.get(), links.size());
    }

    private static boolean asked(Link link) {
        try {
            return Calls.ask(
                                    link,
                                    new Calls.Question(
                                            UUID.randomUUID().toString(),
                                            "statistics",
                                            Duration.ofSeconds(30),
                                            false,
                                            new byte[0]))
                            .length
                    > 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
