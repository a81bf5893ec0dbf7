package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.stream.Opening;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.enroll.EnrolmentTokens;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.BlockingStream;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Link;
import dev.fairlead.link.LongRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A hub as a program of its own under mixed load, while links are cut and programs killed at
/// random: what hub and agent hold does not grow, every stream is whole or honestly cut, those that
/// can be resumed lose no byte, and everybody is linked at the end.
///
/// Killed are a person's program and an agent all the time, and the hub in the first quarter: a
/// fresh process would hide what grows, and the first quarter is not judged.
///
/// `-Dfairlead.soak.seconds` and `-Dfairlead.soak.links` say how long and how many; in less than a
/// minute nothing is killed, and flatness not judged.
@Tag("long")
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class SoakTest {

    private static final int SECONDS =
            Integer.getInteger("fairlead.soak.seconds", LongRun.isAsked() ? 1_800 : 4);
    private static final int LINKS =
            Integer.getInteger("fairlead.soak.links", LongRun.isAsked() ? 1_000 : 20);

    /// Whether flatness is judged, and programs are killed: a sample has no time for that.
    private static final boolean WHOLE = SECONDS >= 60;

    private static final int HUB_KILLS = 2;
    private static final int PEOPLE = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST = 256 << 10;

    /// A heap of one size, so that what is besides it can be told.
    private static final Map<String, String> HUB_OPTIONS =
            Map.of("FAIRLEAD_JAVA_OPTS", "-Xms256m -Xmx256m -XX:+AlwaysPreTouch");

    @TempDir Path folder;

    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong cut = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong asked = new AtomicLong();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /// Since when, of [System#nanoTime()]; 0 while it has not been killed, [Long#MAX_VALUE] while
    /// it is away.
    private volatile long hubIsBack;

    @Test
    void nothingGrows() throws Exception {
        LongRun.prove("soak", this::soak);
    }

    private String soak() throws Exception {
        long seed = Long.getLong("fairlead.soak.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("soak: seed " + seed);
        var random = new Random(seed);
        try (var lab = new Lab(folder)) {
            var agent = LabAgent.join(lab, Lab.TENANT, folder.resolve("node"), "");
            var victim =
                    WHOLE ? LabAgent.join(lab, Lab.TENANT, folder.resolve("victim"), "") : agent;
            var person = new Person(lab, "admin", Lab.TENANT, lab.signIn("admin"));
            var url = lab.hub().url();
            var token =
                    lab.hub()
                            .services()
                            .enrolmentTokens()
                            .create(
                                    Actor.HUB,
                                    lab.tenantId(Lab.TENANT),
                                    new EnrolmentTokens.Wanted(
                                            LINKS, Duration.ofHours(1), Labels.NONE, null))
                            .text();
            SoakKiller killer = null;
            try (agent;
                    victim;
                    person;
                    var hub = new HubUnderFaults(lab, List.of(), "", HUB_OPTIONS);
                    var crowd = new Crowd(url, token);
                    var target = new Forwarded.Target()) {
                agent.start();
                if (WHOLE) {
                    victim.start();
                }
                crowd.join(LINKS);
                LongRun.say("soak: " + LINKS + " linked");
                await().atMost(PATIENCE).until(() -> agent.linked() > 0 && victim.linked() > 0);
                var threads = new ArrayList<Thread>();
                for (int i = 0; i < PEOPLE; i++) {
                    long own = random.nextLong();
                    threads.add(
                            Thread.startVirtualThread(() ->
                                    use(
                                            person,
                                            crowd,
                                            List.of(agent.name(), victim.name()),
                                            target.port(),
                                            new Random(own))));
                }
                threads.add(Thread.startVirtualThread(() -> ask(person.api())));
                var ofHub = new Vitals("hub");
                var ofAgent = new Vitals("agent");
                killer = WHOLE ? new SoakKiller(hub, victim, person.cli(), agent, random) : null;
                int cuts = 0;
                long begin = System.nanoTime();
                long end = begin + TimeUnit.SECONDS.toNanos(SECONDS);
                long every = TimeUnit.SECONDS.toNanos(Math.max(1, SECONDS / 120));
                long next = begin + every;
                // One program or the other every half minute; the hub twice in the first quarter.
                long kill = begin + every;
                while (System.nanoTime() < end) {
                    crowd.cut(random.nextInt(LINKS));
                    cuts++;
                    Thread.sleep(random.nextInt(200, 1_000));
                    if (killer != null && System.nanoTime() - kill > 0) {
                        kill += 2 * every;
                        boolean early = System.nanoTime() < begin + (end - begin) / 4;
                        if (early && killer.hubKills() < HUB_KILLS) {
                            hubIsBack = Long.MAX_VALUE;
                            killer.killHub();
                            hubIsBack = System.nanoTime();
                        } else {
                            killer.killOne();
                        }
                    }
                    if (System.nanoTime() - next > 0) {
                        next += every;
                        ofHub.sample(hub.program().process().pid());
                        ofAgent.sample(agent.process().pid());
                        if (ofHub.size() % 10 == 0) {
                            LongRun.say(
                                    "soak: %d streams whole, %d cut, %d links cut, %d linked, %s"
                                            .formatted(
                                                    whole.get(),
                                                    cut.get(),
                                                    cuts,
                                                    crowd.linked(),
                                                    killer));
                        }
                    }
                }
                over = true;
                for (var thread : threads) {
                    thread.join();
                }
                if (killer != null) {
                    wrong.addAll(killer.end());
                }
                assertThat(wrong).isEmpty();
                assertThat(whole.get()).isPositive();
                await().atMost(PATIENCE).until(() -> crowd.linked() == LINKS);
                judge(List.of(ofHub, ofAgent));
                return "%,d s, %,d links, %,d cut, %s; %,d streams whole (%,d MiB each way), %,d cut with them, %,d questions; %s; %s; seed %d"
                        .formatted(
                                SECONDS,
                                LINKS,
                                cuts,
                                killer == null ? "nothing killed" : killer,
                                whole.get(),
                                bytes.get() >> 20,
                                cut.get(),
                                asked.get(),
                                ofHub,
                                ofAgent,
                                seed);
            } finally {
                over = true;
                if (killer != null) {
                    killer.close();
                }
            }
        }
    }

    private static void judge(List<Vitals> programs) throws IOException {
        if (!WHOLE) {
            return;
        }
        SoakPlot.write(
                LongRun.isAsked() ? Path.of("../docs/soak.svg") : Path.of("target/soak.svg"),
                "Soak: %d links, mixed load, random kills".formatted(LINKS),
                SECONDS,
                programs);
        for (var program : programs) {
            for (var sign : Vitals.Sign.values()) {
                assertThat(program.isFlat(sign))
                        .as(
                                "%s of the %s: %s",
                                sign.label, program.name(), Arrays.toString(program.of(sign)))
                        .isTrue();
            }
        }
    }

    /// Streams of all sizes to nodes of the crowd and to a target behind the real agent.
    private void use(Person person, Crowd crowd, List<String> agents, int port, Random random) {
        Link link = null;
        while (!over) {
            try {
                if (link == null || !link.channel().isActive()) {
                    link = person.link();
                }
                boolean real = random.nextInt(4) == 0;
                echo(
                        link,
                        real
                                ? agents.get(random.nextInt(agents.size()))
                                : crowd.name(random.nextInt(crowd.size())),
                        real ? "127.0.0.1:" + port : "echo:1",
                        real ? 5 : 0,
                        random);
                if (random.nextInt(200) == 0) {
                    link.channel().close();
                }
            } catch (StreamException e) {
                cut.incrementAndGet();
                switch (e.end()) {
                    case LINK_LOST, NODE_OFFLINE, CANCELLED -> {}
                    default -> wrong.add("a stream ended as " + e.end() + ": " + e.getMessage());
                }
            } catch (IOException e) {
                cut.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                failed("a person's link: ", e);
            }
        }
    }

    /// While the hub is away everything may fail, and for a moment after it.
    private void failed(String what, Exception e) {
        long back = hubIsBack;
        if (back == 0 || System.nanoTime() - back > PATIENCE.toNanos() && back != Long.MAX_VALUE) {
            wrong.add(what + e);
        }
        LockSupport.parkNanos(100_000_000);
    }

    /// @param greeting bytes that the target says by itself
    private void echo(Link link, String node, String target, int greeting, Random random)
            throws IOException, InterruptedException {
        byte[] sent = new byte[1 + random.nextInt(random.nextInt(5) == 0 ? MOST : 2_000)];
        random.nextBytes(sent);
        try (var stream = BlockingStream.open(link, Opening.tcp(Lab.TENANT, node, target))) {
            stream.awaitAccepted(30);
            var writing =
                    Thread.startVirtualThread(() -> {
                        try {
                            stream.out().write(sent);
                            stream.end();
                        } catch (IOException e) {
                            // The reader hears of it too.
                        }
                    });
            stream.in().readNBytes(greeting);
            byte[] received = stream.in().readAllBytes();
            writing.join();
            if (!Arrays.equals(sent, received)) {
                wrong.add("%d bytes came back of %d".formatted(received.length, sent.length));
            }
            whole.incrementAndGet();
            bytes.addAndGet(sent.length);
        }
    }

    private void ask(HubApi api) {
        while (!over) {
            try {
                api.get(HubApi.path("tenants", Lab.TENANT, "nodes"), Query.NONE);
                asked.incrementAndGet();
                Thread.sleep(100);
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                failed("the API: ", e);
            }
        }
    }
}
