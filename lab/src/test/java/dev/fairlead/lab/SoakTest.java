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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A hub as a program of its own under mixed load, while links and a real agent are killed at
/// random: what hub and agent hold does not grow, every stream is whole or honestly cut, and
/// everybody is linked at the end.
///
/// `-Dfairlead.soak.seconds` and `-Dfairlead.soak.links` say how long and how many; the flatness of
/// less than a minute is not judged.
@Tag("long")
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class SoakTest {

    private static final int SECONDS =
            Integer.getInteger("fairlead.soak.seconds", LongRun.isAsked() ? 1_800 : 10);
    private static final int LINKS =
            Integer.getInteger("fairlead.soak.links", LongRun.isAsked() ? 1_000 : 40);
    private static final int PEOPLE = 6;
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

    @Test
    void nothingGrows() throws Exception {
        LongRun.prove("soak", this::soak);
    }

    private String soak() throws Exception {
        long seed = Long.getLong("fairlead.soak.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("soak: seed " + seed);
        var random = new Random(seed);
        try (var lab = new Lab(folder)) {
            var agent = lab.agent(Lab.TENANT, "node");
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
            try (person;
                    var hub = lab.hubAsProgram(HUB_OPTIONS);
                    var crowd = new Crowd(url, token);
                    var target = new Forwarded.Target()) {
                crowd.join(LINKS);
                LongRun.say("soak: " + LINKS + " linked");
                var threads = new ArrayList<Thread>();
                for (int i = 0; i < PEOPLE; i++) {
                    long own = random.nextLong();
                    threads.add(
                            Thread.startVirtualThread(() ->
                                    use(
                                            person,
                                            crowd,
                                            agent.name(),
                                            target.port(),
                                            new Random(own))));
                }
                threads.add(Thread.startVirtualThread(() -> ask(person.api())));
                var ofHub = new Vitals("hub");
                var ofAgent = new Vitals("agent");
                int cuts = 0;
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                long every = TimeUnit.SECONDS.toNanos(Math.max(1, SECONDS / 120));
                long next = System.nanoTime() + every;
                while (System.nanoTime() < end) {
                    crowd.cut(random.nextInt(LINKS));
                    cuts++;
                    Thread.sleep(random.nextInt(200, 1_000));
                    if (System.nanoTime() - next > 0) {
                        next += every;
                        ofHub.sample(hub.process().pid());
                        ofAgent.sample(agent.process().pid());
                        if (ofHub.size() % 10 == 0) {
                            LongRun.say(
                                    "soak: %d streams whole, %d cut, %d links cut, %d linked"
                                            .formatted(
                                                    whole.get(), cut.get(), cuts, crowd.linked()));
                        }
                    }
                }
                over = true;
                for (var thread : threads) {
                    thread.join();
                }
                assertThat(wrong).isEmpty();
                assertThat(whole.get()).isPositive();
                await().atMost(Duration.ofSeconds(60)).until(() -> crowd.linked() == LINKS);
                judge(List.of(ofHub, ofAgent));
                return "%,d s, %,d links, %,d cuts; %,d streams whole (%,d MiB each way), %,d cut with them, %,d questions; %s; %s; seed %d"
                        .formatted(
                                SECONDS,
                                LINKS,
                                cuts,
                                whole.get(),
                                bytes.get() >> 20,
                                cut.get(),
                                asked.get(),
                                ofHub,
                                ofAgent,
                                seed);
            } finally {
                over = true;
                lab.startHub();
            }
        }
    }

    private static void judge(List<Vitals> programs) throws IOException {
        if (SECONDS < 60) {
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
    private void use(Person person, Crowd crowd, String agent, int port, Random random) {
        Link link = null;
        while (!over) {
            try {
                if (link == null || !link.channel().isActive()) {
                    link = person.link();
                }
                boolean real = random.nextInt(4) == 0;
                echo(
                        link,
                        real ? agent : crowd.name(random.nextInt(crowd.size())),
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
                wrong.add(e.toString());
            }
        }
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
                wrong.add("the API: " + e);
                return;
            }
        }
    }
}
