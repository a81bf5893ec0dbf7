package dev.fairlead.lab.bench;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.link.EventLoops;
import dev.fairlead.link.dial.DialException;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.dial.Dialer;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.dial.TlsTrust;
import dev.fairlead.link.handshake.Fingerprint;
import dev.fairlead.link.handshake.HubAnchor;
import dev.fairlead.link.handshake.Introduction;
import dev.fairlead.link.handshake.SigningKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A process with a herd of agents. Given the hub's address and fingerprint, it reads commands, one
/// per line, and answers each by a line of `key=value`, or by `error MESSAGE`:
///
/// ```
/// link N SECONDS         N agents in all; waits until they are linked
/// mark                   counts anew
/// enrol FOLDER TENANT N  writes so many nodes into the database of a running hub, in its folder
/// flap RATE SECONDS      so many links a second are closed by their agents, which dial again
/// back SECONDS           waits until as many as there are have linked since the mark
/// answered N SECONDS     waits until N calls were answered since the mark
/// ```
final class HerdWorker implements HerdAgent.Told {

    private static final long TICK_MILLIS = 5;

    private static final int MOST_AGENTS = 20_000;

    /// So many agents dial at the same time when they come for the first time.
    private static final int AT_ONCE = 100;

    /// A hub must not wait for what has to be done for its agents.
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();

    private final DialRequest template;
    private final Dialer dialer;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger linkedSince = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong lastLinked = new AtomicLong();
    private final AtomicLong lastAnswered = new AtomicLong();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private final List<HerdAgent> all = new CopyOnWriteArrayList<>();
    private int agents;

    private HerdWorker(URI hub, Fingerprint root) {
        this.template =
                new DialRequest(
                        hub, new TlsTrust.Any(), ProxySettings.none(), HubAnchor.of(root), null);
        this.dialer =
                Dialer.ofMany(EventLoops.create(LOOPS, "herd"), Clock.systemUTC(), MOST_AGENTS);
    }

    public static void main(String[] args) throws IOException {
        Logging.start(Level.WARN);
        var herd = new HerdWorker(URI.create(args[0]), Fingerprint.parse(args[1]));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(herd.answer(line.split(" ")));
        }
        System.exit(0);
    }

    /// The key of the agent with this number, the same in each run.
    static SigningKey key(int number) {
        try {
            return SigningKey.ofSeed(
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    ("a simulated node " + number)
                                            .getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String name(int number) {
        return "node-" + number;
    }

    private String answer(String[] command) {
        try {
            var found =
                    switch (command[0]) {
                        case "link" ->
                                link(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
                        case "mark" -> mark();
                        case "enrol" ->
                                enrol(
                                        Path.of(command[1]),
                                        TenantId.parse(command[2]).orElseThrow(),
                                        Integer.parseInt(command[3]));
                        case "flap" ->
                                flap(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
                        case "back" -> await(linkedSince, agents, command[1], lastLinked);
                        case "answered" ->
                                await(
                                        answered,
                                        Integer.parseInt(command[1]),
                                        command[2],
                                        lastAnswered);
                        default -> throw new IOException("no command " + command[0]);
                    };
            var line = new StringBuilder();
            new TreeMap<>(found)
                    .forEach(
                            (key, value) -> line.append(key).append('=').append(value).append(' '));
            return line.toString().strip();
        } catch (IOException | InterruptedException e) {
            return "error " + e;
        }
    }

    private Map<String, Double> link(int number, int seconds)
            throws IOException, InterruptedException {
        mark();
        int before = agents;
        long end = System.currentTimeMillis() + 1_000L * seconds;
        while (agents < number && System.currentTimeMillis() < end) {
            // Machines are set up one after the other; what a heap costs is measured by `back`.
            if (agents - before - linkedSince.get() < AT_ONCE) {
                threads.execute(agent(agents++));
            } else {
                Thread.sleep(1);
            }
        }
        return await(linkedSince, number - before, Integer.toString(seconds), lastLinked);
    }

    private static Map<String, Double> enrol(Path folder, TenantId tenant, int nodes)
            throws IOException {
        long began = System.currentTimeMillis();
        HerdNodes.enrol(folder, tenant, nodes);
        return Map.of("seconds", (System.currentTimeMillis() - began) / 1_000.0);
    }

    private Map<String, Double> flap(int rate, int seconds) throws InterruptedException {
        int flapped = 0;
        long began = System.nanoTime();
        for (int i = 0; i < rate * seconds; i++) {
            long due = began + i * 1_000_000_000L / rate;
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            if (all.get((i * 7) % all.size()).flap()) {
                flapped++;
            }
        }
        return Map.of("flapped", (double) flapped);
    }

    private static final Map<String, String> CAPABILITIES =
            Map.of("call", "1", "exec", "1", "ssh", "1", "tcp", "1");

    private static Map<String, String> info(int number) {
        return Map.of(
                "agent-version", "0.1.0",
                "hostname", name(number),
                "os", "Debian GNU/Linux 12 (bookworm)",
                "arch", "amd64",
                "instance", Integer.toString(number));
    }

    private DialRequest request(Introduction introduction) {
        return new DialRequest(
                template.hub(),
                template.trust(),
                template.proxies(),
                template.anchor(),
                introduction);
    }

    private HerdAgent agent(int number) {
        var key = key(number);
        var agent = agent(key, Introduction.node(key, CAPABILITIES, info(number)));
        all.add(agent);
        return agent;
    }

    private HerdAgent agent(SigningKey key, Introduction introduction) {
        return new HerdAgent(
                dialer,
                request(introduction),
                Map.of("policy", POLICY, "host-cert", hostKey(key)),
                HEARTBEAT,
                threads,
                this);
    }

    private static final byte[] POLICY =
            """
            {"profile":"node","allow":["loopback","ssh"],"logins":[],"defaultLogin":"root"}\
            """
                    .getBytes(StandardCharsets.UTF_8);

    private static final byte[] HEARTBEAT =
            """
            {"cpu":0.07,"cores":8,"load":[0.31,0.4,0.38],"memoryTotal":33554432000,\
            "memoryUsed":9876543210,"networkIn":120345,"networkOut":98765,"uptime":1234567,\
            "disks":[{"mount":"/","total":512000000000,"used":123456789012}]}\
            """
                    .getBytes(StandardCharsets.UTF_8);

    /// A line of OpenSSH's form (RFC 8709 section 4).
    private static byte[] hostKey(SigningKey key) {
        byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
        byte[] raw = key.verifying().raw();
        byte[] blob =
                ByteBuffer.allocate(8 + type.length + raw.length)
                        .putInt(type.length)
                        .put(type)
                        .putInt(raw.length)
                        .put(raw)
                        .array();
        return ("{\"publicKey\":\"ssh-ed25519 " + Base64.getEncoder().encodeToString(blob) + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private Map<String, Double> mark() {
        linkedSince.set(0);
        answered.set(0);
        unanswered.set(0);
        failures.clear();
        return Map.of("linked", (double) now.get());
    }

    /// Waits until a counter is there; the time of its last step is `at`, by the clock.
    private Map<String, Double> await(
            AtomicInteger counter, int wanted, String seconds, AtomicLong last)
            throws IOException, InterruptedException {
        long began = System.currentTimeMillis();
        long end = began + 1_000 * Long.parseLong(seconds);
        while (counter.get() < wanted) {
            if (System.currentTimeMillis() > end) {
                throw new IOException(
                        counter.get() + " of " + wanted + " after " + seconds + " s; " + failures);
            }
            Thread.sleep(TICK_MILLIS);
        }
        var found = new TreeMap<String, Double>();
        found.put("at", (double) last.get());
        found.put("seconds", (last.get() - began) / 1_000.0);
        found.put("unanswered", (double) unanswered.get());
        failures.forEach((why, count) -> found.put("failed-" + why, (double) count.get()));
        return found;
    }

    @Override
    public void linked() {
        now.incrementAndGet();
        linkedSince.incrementAndGet();
        lastLinked.set(System.currentTimeMillis());
    }

    @Override
    public void lost() {
        now.decrementAndGet();
    }

    @Override
    public void failed(DialException why) {
        failures.computeIfAbsent(why.failure().name(), _ -> new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void answered() {
        answered.incrementAndGet();
        lastAnswered.set(System.currentTimeMillis());
    }

    @Override
    public void unanswered(String method, String why) {
        unanswered.incrementAndGet();
    }
}
