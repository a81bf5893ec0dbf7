package dev.fairlead.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachTest {

    private static final Map<String, List<String>> NAMES =
            Map.of(
                    "localhost", List.of("127.0.0.1", "::1"),
                    "db.example.com", List.of("10.1.0.5"),
                    "mixed.example.com", List.of("10.1.0.5", "127.0.0.1", "10.9.0.9", "10.1.0.6"),
                    "rebound.example.com", List.of("127.0.0.1"),
                    "metadata.example.com", List.of("169.254.169.254"),
                    "zero.example.com", List.of("0.0.0.0", "::"),
                    "mapped.example.com", List.of("::ffff:127.0.0.1"),
                    "hub.example.com", List.of("10.1.0.9"),
                    "alias.example.com", List.of("10.1.0.9"));

    private final List<String> asked = new ArrayList<>();
    private final List<Guarded.Listener> listeners = new ArrayList<>();
    private final List<Target> hubs = new ArrayList<>();

    private List<InetAddress> lookup(String name) throws UnknownHostException {
        asked.add(name);
        var addresses = NAMES.get(name);
        if (addresses == null) {
            throw new UnknownHostException(name + ": no such name");
        }
        return addresses.stream().map(InetAddress::ofLiteral).toList();
    }

    private Reach reach(String... rules) {
        var allow = new ArrayList<Rule>();
        var deny = new ArrayList<Rule>();
        for (String rule : rules) {
            if (rule.startsWith("!")) {
                deny.add(Rule.parse(rule.substring(1)));
            } else {
                allow.add(Rule.parse(rule));
            }
        }
        var guarded =
                new Guarded(() -> hubs, List.of(() -> listeners), this::lookup, Reach::isLocal);
        return new Reach(allow, deny, guarded, this::lookup);
    }

    private static Reach.Allowed allowed(String... addresses) {
        return new Reach.Allowed(
                Arrays.stream(addresses)
                        .map(Target::parse)
                        .map(t -> new InetSocketAddress(t.literal(), t.port()))
                        .toList());
    }

    private void denies(Reach reach, String target) {
        assertThat(reach.check(target)).as(target).isInstanceOf(Reach.Denied.class);
    }

    @Test
    void theDefaultIsLoopbackInEverySpelling() {
        var reach = reach("loopback", "ssh");
        assertThat(reach.ssh()).isTrue();
        assertThat(reach.check("127.0.0.1:80")).isEqualTo(allowed("127.0.0.1:80"));
        assertThat(reach.check("127.9.9.9:80")).isEqualTo(allowed("127.9.9.9:80"));
        assertThat(reach.check("[::1]:80")).isEqualTo(allowed("[::1]:80"));
        assertThat(reach.check("[::ffff:127.0.0.1]:80")).isEqualTo(allowed("127.0.0.1:80"));
        assertThat(reach.check("LOCALHOST.:80")).isEqualTo(allowed("127.0.0.1:80", "[::1]:80"));
        denies(reach, "10.0.0.1:80");
        denies(reach, "db.example.com:80");
        denies(reach, "[::127.0.0.1]:80");
        assertThat(reach("10.0.0.0/8:80").ssh()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1:80",
                "0177.0.0.1:80",
                "127.0.0.01:80",
                "0x7f000001:80",
                "0x7f.0.0.1:80",
                "2130706433:80",
                "1.2.3.4.5:80",
                "256.0.0.1:80",
                "[::1%lo]:80",
                "[fe80::1%25eth0]:80",
                "::1:80",
                "[127.0.0.1]:80",
                "[localhost]:80",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:+80",
                "127.0.0.1:080000",
                ":80",
                "",
                "user@127.0.0.1:80",
                "127.0.0.1:80/x",
                "a b:80",
                "a\u0000b:80",
                "ⓛocalhost:80",
                "a..b:80",
                "0.0.0.0:80",
                "[::]:80",
                "[::ffff:0.0.0.0]:80",
                "224.0.0.1:80",
                "[ff02::1]:80",
                "255.255.255.255:80",
            })
    void otherSpellingsAndSpecialAddressesAreDeniedEvenWhereAllIsAllowed(String target) {
        denies(reach("0.0.0.0/0:*", "[::/0]:*", "loopback"), target);
    }

    @Test
    void everyAddressOfANameIsJudgedAndTheDeniedOnesAreLeftOut() {
        var reach = reach("10.1.0.0/16:*", "!10.1.0.6:*");
        assertThat(reach.check("mixed.example.com:80")).isEqualTo(allowed("10.1.0.5:80"));
        assertThat(asked).containsExactly("mixed.example.com");
    }

    @Test
    void aNameThatLeadsToLoopbackIsNotCoveredByARuleForTheName() {
        var reach = reach("*.example.com:*");
        assertThat(reach.check("db.example.com:80")).isEqualTo(allowed("10.1.0.5:80"));
        denies(reach, "rebound.example.com:80");
        denies(reach, "mapped.example.com:80");
        denies(reach, "zero.example.com:80");
        denies(reach, "metadata.example.com:80");
        denies(reach, "example.com:80");
        denies(reach, "db.example.com.evil.org:80");
        denies(reach, "10.1.0.5:80");
    }

    @Test
    void aNameThatNoRuleCouldCoverIsNotLookedUp() {
        denies(reach("*.example.com:443", "loopback:22"), "secret.internal:80");
        assertThat(asked).isEmpty();
    }

    @Test
    void aNameWithoutAddressIsUnresolvedNotDenied() {
        assertThat(reach("loopback").check("nowhere.example.org:80"))
                .isInstanceOf(Reach.Unresolved.class);
    }

    @Test
    void denyWins() {
        var reach = reach("0.0.0.0/0:*", "[::/0]:*", "!10.0.0.0/8:*", "!loopback:22");
        denies(reach, "10.1.2.3:80");
        denies(reach, "[::ffff:10.1.2.3]:80");
        denies(reach, "[64:ff9b::10.1.2.3]:80");
        denies(reach, "[2002:a01:203::1]:80");
        denies(reach, "127.0.0.1:22");
        assertThat(reach.check("11.0.0.1:80")).isEqualTo(allowed("11.0.0.1:80"));
    }

    @Test
    void theHubIsNeverReachedByNameAliasOrAddress() {
        hubs.add(Target.parse("hub.example.com:443"));
        var reach = reach("0.0.0.0/0:*", "*.example.com:*");
        denies(reach, "hub.example.com:443");
        denies(reach, "alias.example.com:443");
        denies(reach, "10.1.0.9:443");
        assertThat(reach.check("10.1.0.9:444")).isEqualTo(allowed("10.1.0.9:444"));
    }

    @Test
    void aHubOnThisMachineIsNotReachedByItsOtherAddresses() {
        hubs.add(Target.parse("127.0.0.1:8484"));
        var reach = reach("loopback");
        denies(reach, "127.0.0.2:8484");
        denies(reach, "[::1]:8484");
        denies(reach, "localhost:8484");
    }

    @Test
    void whatAHubListensOnIsNotReached(@TempDir Path dir) throws IOException {
        var file = Files.writeString(dir.resolve("listeners"), "0.0.0.0:5432 the hub's database\n");
        var guarded =
                new Guarded(
                        List::of, List.of(new ListenersFile(file)), this::lookup, Reach::isLocal);
        var reach = new Reach(List.of(Rule.parse("loopback")), List.of(), guarded, this::lookup);
        assertThat(reach.check("127.0.0.1:5432"))
                .isInstanceOfSatisfying(
                        Reach.Denied.class, d -> assertThat(d.reason()).contains("database"));
        Files.delete(file);
        assertThat(reach.check("127.0.0.1:5432")).isEqualTo(allowed("127.0.0.1:5432"));
    }

    @Test
    void whatTheAgentItselfListensOnIsNotReached() throws IOException {
        try (var own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var proc = new OwnListeners(Path.of("/proc"));
            var guarded = new Guarded(List::of, List.of(proc), this::lookup, Reach::isLocal);
            var reach =
                    new Reach(List.of(Rule.parse("loopback")), List.of(), guarded, this::lookup);
            denies(reach, "127.0.0.1:" + own.getLocalPort());
            denies(reach, "[::1]:" + own.getLocalPort());
        }
    }

    @Test
    void listenersComeBeforeTenThousandsOfOtherSockets(@TempDir Path proc) throws IOException {
        Path descriptors = Files.createDirectories(proc.resolve("self/fd"));
        Files.createSymbolicLink(descriptors.resolve("7"), Path.of("socket:[4711]"));
        String line =
                "   %d: 0100007F:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000"
                        + "     0        0 %d 1 0000000000000000 100 0 0 10 0\n";
        var table = new StringBuilder("  sl  local_address rem_address   st tx_queue rx_queue\n");
        table.append(line.formatted(0, 8080, "0A", 4712));
        table.append(line.formatted(1, 9090, "0A", 4711));
        for (int i = 2; i < 30_000; i++) {
            table.append(line.formatted(i, 1_024 + i, "06", 0));
        }
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), table);
        assertThat(new OwnListeners(proc).get())
                .containsExactly(
                        new Guarded.Listener(
                                InetAddress.ofLiteral("127.0.0.1"), 9_090, "this agent"));
    }

    @Test
    void anAddressIsJudgedAtOnceAndANameIsNot() {
        var reach = reach("loopback", "*.example.com:*");
        assertThat(reach.checkAtOnce("127.0.0.1:80")).isEqualTo(allowed("127.0.0.1:80"));
        assertThat(reach.checkAtOnce("10.0.0.1:80")).isInstanceOf(Reach.Denied.class);
        assertThat(reach.checkAtOnce("127.1:80")).isInstanceOf(Reach.Denied.class);
        assertThat(reach.checkAtOnce("localhost:80")).isNull();
        assertThat(reach.checkAtOnce("db.example.com:80")).isNull();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatMustBeLookedUpOrReadFirstIsNotJudgedAtOnce() {
        hubs.add(Target.parse("hub.example.com:8484"));
        var reach = reach("loopback", "10.0.0.0/8:*");
        assertThat(reach.checkAtOnce("10.1.0.9:8484")).isNull();
        assertThat(reach.checkAtOnce("10.1.0.9:8485")).isEqualTo(allowed("10.1.0.9:8485"));
        assertThat(asked).isEmpty();
        denies(reach, "10.1.0.9:8484");

        var remembered = new Remembered(() -> listeners, InstantSource.system());
        var guarded = new Guarded(List::of, List.of(remembered), this::lookup, Reach::isLocal);
        var guarding = new Reach(List.of(Rule.parse("loopback")), List.of(), guarded, this::lookup);
        assertThat(guarding.checkAtOnce("127.0.0.1:80")).isNull();
        listeners.add(
                new Guarded.Listener(InetAddress.getLoopbackAddress(), 80, "something of ours"));
        denies(guarding, "127.0.0.1:80");
        assertThat(guarding.checkAtOnce("127.0.0.1:80")).isInstanceOf(Reach.Denied.class);
    }

    @Test
    void theSystemLookupFindsLocalhostAndSaysWhatIsUnknown() throws Exception {
        try (var lookup = new SystemLookup(Duration.ofSeconds(10))) {
            assertThat(lookup.addresses("localhost")).allMatch(InetAddress::isLoopbackAddress);
        }
    }
}
