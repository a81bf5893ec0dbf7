package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.hub.HubLimits;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Terminals in the browser, without the browser: a page speaks to a hub, and the shell is a real
/// agent's.
@Timeout(240)
@SuppressWarnings("NullAway.Init")
class TerminalsTest {

    private static final int MOST = 5;

    @TempDir(factory = ShortFolder.class)
    static Path folder;

    private static Lab lab;
    private static LabAgent node;
    private static String vera;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder, config -> config.withLimits(limits(config.limits())));
        node = lab.agent(Lab.TENANT, "node");
        for (var user : new String[] {"vera", "viktor", "greedy", "leaver"}) {
            lab.user(Lab.TENANT, user, Role.OPERATOR, Selector.ALL, Logins.ANY);
        }
        lab.user(Lab.TENANT, "looker", Role.VIEWER, Selector.ALL, Logins.DEFAULT_ONLY);
        vera = signIn("vera");
    }

    private static HubLimits limits(HubLimits of) {
        return new HubLimits(
                of.connections(),
                of.requests(),
                of.eventStreams(),
                of.tlsHandshakes(),
                of.unproved(),
                of.unprovedPerAddress(),
                of.handshakeSeconds(),
                MOST,
                of.tenantMemory(),
                of.link());
    }

    private static String signIn(String user) {
        return lab.signIn(user + "@" + Lab.TENANT);
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    private static String state(LabPage page) {
        return page.api().list(HubApi.path("terminals"), Query.NONE).stream()
                .filter(one -> one.path("id").asString("").equals(page.terminal()))
                .map(one -> one.path("state").asString(""))
                .findAny()
                .orElse("none");
    }

    @Test
    void aShellThatIsResizedAndEnds() throws Exception {
        try (var page = new LabPage(lab, vera).open(node.name(), 100, 30)) {
            page.type("stty size; echo $TERM-do''ne\n");
            page.sees("30 100");
            page.sees("xterm-256color-done");
            assertThat(state(page)).isEqualTo("attached");
            page.resize(91, 21);
            page.type("stty size\n");
            page.sees("21 91");
            var session =
                    page.api().get(HubApi.path("tenants", Lab.TENANT, "sessions", page.terminal()));
            assertThat(session.path("kind").asString("")).isEqualTo("terminal");
            assertThat(session.path("state").asString("")).isEqualTo("live");
            page.type("exit 7\n");
            assertThat(page.end()).isEqualTo("done: ");
            assertThat(page.exit()).isEqualTo(7);
            await().atMost(LabPage.PATIENCE).until(() -> state(page).equals("none"));
        }
        assertThat(new LabSessions(lab).endOf("terminal")).isEqualTo("done");
    }

    @Test
    void tenMegabytesOverSocketsThatAreCut() throws Exception {
        int lines = 1_400_000;
        try (var page = new LabPage(lab, vera).open(node.name(), 80, 24)) {
            page.type("stty -echo -onlcr; PS1=; echo rea''dy\n");
            page.sees("ready\n");
            page.forget();
            page.type("seq 1 " + lines + "\n");
            for (long cutAt : new long[] {1_000_000, 4_000_000, 4_500_000}) {
                await().atMost(LabPage.PATIENCE).until(() -> page.bytes() >= cutAt);
                page.cut();
                page.attachAgain();
            }
            // Typed while nobody may be there to hear it.
            page.cut();
            page.type("echo la''st\n");
            page.attachAgain();
            page.sees("last\n");
            assertThat(page.shown().stripLeading())
                    .isEqualTo(
                            IntStream.rangeClosed(1, lines)
                                            .mapToObj(Integer::toString)
                                            .collect(Collectors.joining("\n"))
                                    + "\nlast\n");
            page.type("exit\n");
            assertThat(page.end()).isEqualTo("done: ");
        }
    }

    @Test
    void aPageThatIsLoadedAnewSeesWhatItMissed() throws Exception {
        var first = new LabPage(lab, vera).open(node.name(), 80, 24);
        first.type("PS1='$ '; stty -echo; echo bef''ore\n");
        first.sees("before");
        String terminal = first.terminal();
        first.type("(until [ -e /tmp/" + terminal + " ]; do sleep 0.05; done; echo mis''sed)\n");
        first.close();
        try (var page = new LabPage(lab, vera)) {
            await().atMost(LabPage.PATIENCE)
                    .until(() ->
                            page.api().list(HubApi.path("terminals"), Query.NONE).stream()
                                    .anyMatch(one ->
                                            one.path("id").asString("").equals(terminal)
                                                    && one.path("state")
                                                            .asString("")
                                                            .equals("detached")
                                                    && one.path("endsInSeconds").asInt() > 200));
            Files.createFile(Path.of("/tmp", terminal));
            page.take(terminal);
            page.sees("before");
            page.sees("missed");
            page.type("echo af''ter; rm /tmp/" + terminal + "\n");
            page.sees("after");
            page.api().delete(HubApi.path("terminals", terminal));
            assertThat(page.end()).startsWith("cancelled: you ended this terminal");
        }
    }

    /// What nobody looks at fills a mebibyte, and the program waits.
    @Test
    void outputThatNobodySeesHasABound() throws Exception {
        try (var page = new LabPage(lab, vera).open(node.name(), 80, 24)) {
            page.type("stty -echo -onlcr; PS1=; echo rea''dy\n");
            page.sees("ready\n");
            page.forget();
            page.cut();
            await().atMost(LabPage.PATIENCE).until(() -> state(page).equals("detached"));
            page.type("seq 1 1000000; echo la''st\n");
            page.attachAgain();
            page.cut();
            page.attachAgain();
            page.sees("last\n");
            assertThat(page.shown().lines().filter(line -> line.matches("[0-9]+")).count())
                    .isEqualTo(1_000_000);
            page.api().delete(HubApi.path("terminals", page.terminal()));
        }
    }

    @Test
    void anotherPageTakesItOver() throws Exception {
        try (var first = new LabPage(lab, vera).open(node.name(), 80, 24);
                var second = new LabPage(lab, vera)) {
            first.type("echo he''re\n");
            first.sees("here");
            second.take(first.terminal());
            assertThat(first.end()).startsWith("taken-over: ");
            second.type("echo the''re\n");
            second.sees("there");
            second.api().delete(HubApi.path("terminals", second.terminal()));
        }
    }

    @Test
    void aTicketIsGoodOnce() throws Exception {
        try (var page = new LabPage(lab, vera);
                var again = new LabPage(lab, vera)) {
            String ticket = page.openTicket(node.name());
            page.connect(ticket, 80, 24, false).awaitAttached();
            assertThat(again.connect(ticket, 80, 24, false).end()).startsWith("bad-ticket: ");
            page.type("echo st''ill\n");
            page.sees("still");
            page.api().delete(HubApi.path("terminals", page.terminal()));
        }
    }

    @Test
    void aTicketIsGoodForOneSignIn() throws Exception {
        try (var page = new LabPage(lab, vera);
                var viktor = new LabPage(lab, signIn("viktor"));
                var elsewhere = new LabPage(lab, signIn("vera"))) {
            assertThat(viktor.connect(page.openTicket(node.name()), 80, 24, false).end())
                    .startsWith("bad-ticket: ");
            assertThat(elsewhere.connect(page.openTicket(node.name()), 80, 24, false).end())
                    .startsWith("bad-ticket: ");
            page.open(node.name(), 80, 24);
            // A shell that is killed while it starts may leave a lock of its login's behind.
            page.type("echo he''re\n");
            page.sees("here");
            assertThatThrownBy(() ->
                            viktor.api().post(HubApi.path("terminals", page.terminal(), "tickets")))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("no such terminal");
            assertThatThrownBy(() -> viktor.api().delete(HubApi.path("terminals", page.terminal())))
                    .hasMessageContaining("no such terminal");
            page.api().delete(HubApi.path("terminals", page.terminal()));
        }
    }

    @Test
    void aTicketIsGoodForMoments() throws Exception {
        try (var page = new LabPage(lab, vera)) {
            String ticket = page.openTicket(node.name());
            lab.clock().setAhead(Duration.ofMinutes(1));
            assertThat(page.connect(ticket, 80, 24, false).end()).startsWith("bad-ticket: ");
        } finally {
            lab.clock().setAhead(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"https://evil.example", "null", "http://localhost", "https://localhost"})
    void anotherOriginsPageIsRefused(String origin) throws Exception {
        try (var http = LabPage.client(lab)) {
            // Without an origin only a program that shows its token by itself.
            String token = origin == null ? null : vera;
            assertThatThrownBy(() ->
                            LabPage.socket(
                                    http,
                                    lab.hub().url(),
                                    token,
                                    origin,
                                    new WebSocket.Listener() {}))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
        }
    }

    @Test
    void theHubsOwnPageIsNot() throws Exception {
        try (var http = LabPage.client(lab)) {
            LabPage.socket(
                            http,
                            lab.hub().url(),
                            vera,
                            lab.hub().url().toString(),
                            new WebSocket.Listener() {})
                    .abort();
        }
    }

    @Test
    void aGrantThatIsWithdrawnEndsIt() throws Exception {
        try (var page = new LabPage(lab, signIn("leaver"));
                var admin = lab.api(lab.signIn("admin"))) {
            page.open(node.name(), 80, 24);
            page.type("echo he''re\n");
            page.sees("here");
            for (var grant :
                    admin.list(
                            HubApi.path("tenants", Lab.TENANT, "grants"),
                            Query.of("user", "leaver"))) {
                admin.delete(
                        HubApi.path(
                                "tenants", Lab.TENANT, "grants", grant.path("id").asString("")));
            }
            assertThat(page.end()).startsWith("right-ended: ").contains("grant");
            assertThat(state(page)).isEqualTo("none");
        }
    }

    @Test
    void whoMayNotIsRefused() throws Exception {
        try (var looker = new LabPage(lab, signIn("looker"));
                var page = new LabPage(lab, vera)) {
            assertThatThrownBy(() -> page.openTicket("nowhere"))
                    .hasMessageContaining("no such node");
            assertThatThrownBy(() -> looker.openTicket(node.name()))
                    .isInstanceOf(CliException.class);
        }
    }

    @Test
    void aPersonHasSoManyAndNotMore() throws Exception {
        try (var page = new LabPage(lab, signIn("greedy"))) {
            for (int i = 0; i < MOST; i++) {
                page.openTicket(node.name());
            }
            assertThatThrownBy(() -> page.openTicket(node.name()))
                    .hasMessageContaining("You have " + MOST + " terminals");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "{}",
                "{\"seen\":1}",
                "{\"ticket\":1,\"columns\":80,\"rows\":24}",
                "{\"ticket\":\"x\",\"columns\":0,\"rows\":24}",
                "{\"ticket\":\"x\",\"columns\":80,\"rows\":24,\"from\":-1}",
                "{\"ticket\":\"x\",\"columns\":80,\"rows\":24,\"more\":1}",
                "[[[[[[[["
            })
    void aFirstMessageThatMakesNoSenseEndsTheSocket(String message) throws Exception {
        try (var page = new LabPage(lab, vera)) {
            assertThat(page.say(message)).startsWith("protocol-error: ");
        }
    }

    @Test
    void aFileIsCopiedBothWaysOverSocketsThatAreCut() throws Exception {
        byte[] file = new byte[8 << 20];
        new Random(7).nextBytes(file);
        String path = folder.resolve("a file; $(touch x)").toString();
        try (var up = new LabPage(lab, vera)) {
            up.copy(node.name(), "upload", path);
            for (int at = 0; at < file.length; at += 64 << 10) {
                await().atMost(LabPage.PATIENCE).until(() -> up.waiting() < 1 << 20);
                up.send(Arrays.copyOfRange(file, at, at + (32 << 10)));
                up.send(Arrays.copyOfRange(file, at + (32 << 10), at + (64 << 10)));
                if (at == 2 << 20) {
                    up.cut();
                    up.copy(node.name(), "upload", path);
                }
            }
            up.endInput();
            assertThat(up.end()).isEqualTo("done: ");
            assertThat(up.exit()).as(up.errors()).isZero();
        }
        assertThat(Files.readAllBytes(Path.of(path))).isEqualTo(file);
        try (var again = new LabPage(lab, vera)) {
            again.copy(node.name(), "upload", path);
            assertThat(again.end()).isEqualTo("done: ");
            assertThat(again.exit()).isEqualTo(17);
            assertThat(again.errors()).contains("is there already");
        }
        try (var down = new LabPage(lab, vera)) {
            down.copy(node.name(), "download", path);
            await().atMost(LabPage.PATIENCE).until(() -> down.bytes() > 1 << 20);
            down.cut();
            down.copy(node.name(), "download", path);
            assertThat(down.end()).isEqualTo("done: ");
            assertThat(down.exit()).isZero();
            assertThat(down.errors()).isEqualTo(file.length + "\n");
            assertThat(down.output()).isEqualTo(file);
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(one -> one.getFileName().toString()))
                    .noneMatch(name -> name.contains(".part-"));
        }
    }

    /// The hub keeps nothing: the node does, and the next process finds it.
    @Test
    void aTerminalOutlivesAHubThatIsKilled() throws Exception {
        try (var page = new LabPage(lab, vera)) {
            var hub = new HubUnderFaults(lab, List.of(), "");
            try {
                await().atMost(LabPage.PATIENCE)
                        .pollInterval(Duration.ofMillis(200))
                        .ignoreExceptions()
                        .until(() -> page.open(node.name(), 80, 24) != null);
                page.type("stty -echo -onlcr; PS1=; echo rea''dy\n");
                page.sees("ready\n");
                page.forget();
                page.type("i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo $i; sleep 0.01; done\n");
                page.sees("\n100\n");
            } finally {
                hub.kill();
                lab.startHub();
            }
            page.attachAgain();
            page.sees("\n600\n");
            assertThat(page.shown().stripLeading())
                    .isEqualTo(
                            IntStream.rangeClosed(1, 600)
                                    .mapToObj(i -> i + "\n")
                                    .collect(Collectors.joining()));
            // And a page that knows nothing of it, after one more restart.
            lab.restartHub();
            try (var fresh = new LabPage(lab, vera)) {
                await().atMost(LabPage.PATIENCE)
                        .ignoreExceptions()
                        .until(() -> fresh.take(page.terminal()) != null);
                fresh.sees("\n600\n");
                fresh.type("exit 3\n");
                assertThat(fresh.end()).isEqualTo("done: ");
                assertThat(fresh.exit()).isEqualTo(3);
            }
        }
    }
}
