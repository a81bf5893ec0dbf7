package dev.fairlead.cli;

import static dev.fairlead.cli.StubHub.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.profile.Folder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How answers and failures of a hub are shown, and what a script sees of them.
class CliHubTest {

    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final String NODES =
            """
            {"items":[{"id":"node_1","name":"gpu-1","labels":{"site":"zrh"},"os":"Debian\\u001b[2J",
             "link":{"state":"online","since":"2026-11-21T09:58:00Z"},"created":"2026-11-01T00:00:00Z"}],"next":null}\
            """;

    @TempDir Path home;

    private StubHub hub(StubHub.Answer answer) throws Exception {
        return new StubHub(home, "localhost", answer);
    }

    private CliRun signedIn(StubHub hub) {
        return new CliRun(home).signedIn(hub);
    }

    @Test
    void aListIsATableForPeopleAndTheApisJsonForPrograms() throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 200, JSON, NODES))) {
            var person =
                    signedIn(hub).onTerminal().run("nodes", "-l", "site=zrh,rack=3", "-l", "x=y");
            var script = signedIn(hub).run("nodes", "--json");
            var plain = signedIn(hub).run("nodes");

            assertThat(person.out())
                    .contains("2m ago")
                    .contains("\u001b[32monline")
                    .doesNotContain("\u001b[2J");
            assertThat(script.out())
                    .startsWith("[{\"id\":\"node_1\"")
                    .endsWith("]\n")
                    .hasLineCount(1);
            assertThat(plain.out())
                    .contains("2026-11-21T09:58:00Z")
                    .contains("Debian\\u001b[2J")
                    .doesNotContain("\u001b");
            assertThat(hub.asked().getFirst().path())
                    .isEqualTo(
                            "/api/v1/tenants/acme/nodes?labels=site%3Dzrh%2Crack%3D3%2Cx%3Dy&limit=500");
            assertThat(hub.asked().getFirst().authorization()).isEqualTo("Bearer fls_secret");
        }
    }

    @Test
    void howANodeWasAndWhyItsLinksEnded() throws Exception {
        var series =
                """
                {"since":"2026-11-21T09:00:00Z","until":"2026-11-21T10:00:00Z","stepSeconds":300,"items":[
                 {"at":"2026-11-21T09:00:00Z","samples":10,"cpu":[0,0.25,0.5],"memoryUsed":[1024,1024,1024],
                  "networkIn":null,"rttMillis":[1,2.04,9]}]}\
                """;
        var links =
                """
                {"items":[{"number":7,"state":"ended","began":"2026-11-21T09:00:00Z","ended":"2026-11-21T09:30:00Z",
                 "end":"dead-peer","why":"Nothing came.","address":"192.0.2.1","hub":"h","innerTls":false,"between":null}],
                 "next":null}\
                """;
        try (var hub =
                hub((x, asked) ->
                        answer(x, 200, JSON, asked.path().contains("series") ? series : links))) {
            assertThat(signedIn(hub).run("node", "stats", "n", "--since", "7d").out())
                    .contains("25%(50%)", "1.0KiB", "2.0ms(9.0ms)");
            assertThat(signedIn(hub).run("node", "stats", "n", "--json").out())
                    .contains("\"stepSeconds\":300");
            assertThat(signedIn(hub).run("node", "links", "n").out())
                    .contains("7", "192.0.2.1", "dead-peer", "Nothing came.");
            assertThat(hub.asked().getFirst().path())
                    .startsWith("/api/v1/tenants/acme/nodes/n/statistics/series?since=2026-")
                    .endsWith("&points=30");
        }
    }

    @Test
    void ownSignInsAreListedAndEnded() throws Exception {
        var list =
                """
                {"items":[{"id":"si_1","current":true,"address":"192.0.2.7","program":"fairlead",
                  "created":"2026-11-21T09:00:00Z","lastUsed":null,"expires":"2026-11-21T21:00:00Z"}],"next":null}\
                """;
        try (var hub =
                hub((x, asked) -> {
                    if (asked.method().equals("GET")) {
                        answer(x, 200, JSON, list);
                    } else {
                        answer(x, 204, JSON, "");
                    }
                })) {
            var cli = signedIn(hub);
            assertThat(cli.run("sign-in", "ls").out()).contains("si_1", "192.0.2.7", "*");
            assertThat(cli.run("sign-in", "end", "si_1").err()).contains("si_1 is ended");
            assertThat(cli.run("sign-in", "end", "--others").err()).contains("other sign-ins");
            assertThat(cli.run("sign-in", "end").exit()).isEqualTo(2);
            assertThat(cli.run("sign-in", "end", "si_1", "--others").exit()).isEqualTo(2);
            assertThat(hub.asked())
                    .extracting(asked -> asked.method() + " " + asked.path())
                    .containsExactly(
                            "GET /api/v1/sign-ins?limit=500",
                            "DELETE /api/v1/sign-ins/si_1",
                            "POST /api/v1/sign-ins/end-others");
        }
    }

    @Test
    void ownTerminalsAreListedAndEnded() throws Exception {
        var list =
                """
                {"items":[
                 {"id":"sess_1","tenant":"acme","tenantId":"ten_1","node":"gpu-7","nodeId":"node_1","login":null,
                  "state":"attached","started":"2026-11-21T09:00:00Z","endsInSeconds":null},
                 {"id":"sess_2","tenant":"acme","tenantId":"ten_1","node":"gpu-8","nodeId":"node_2","login":"ada",
                  "state":"detached","started":"2026-11-21T09:00:00Z","endsInSeconds":240}],"next":null}\
                """;
        try (var hub =
                hub((x, asked) -> {
                    if (asked.method().equals("GET")) {
                        answer(x, 200, JSON, list);
                    } else {
                        answer(x, 204, JSON, "");
                    }
                })) {
            var cli = signedIn(hub);
            assertThat(cli.run("terminal", "ls").out())
                    .containsPattern("sess_1 +gpu-7 +acme +- +attached .* -")
                    .containsPattern("sess_2 +gpu-8 +acme +ada +detached .* 4m");
            assertThat(cli.run("terminal", "ls", "--json").out()).contains("\"endsInSeconds\":240");
            assertThat(cli.run("terminal", "end", "sess_2").err()).contains("sess_2 is ended");
            assertThat(hub.asked().getLast().path()).isEqualTo("/api/v1/terminals/sess_2");
        }
    }

    @Test
    void pagesAreFollowed() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                200,
                                JSON,
                                asked.path().contains("cursor=abc")
                                        ? "{\"items\":[{\"name\":\"two\"}],\"next\":null}"
                                        : "{\"items\":[{\"name\":\"one\"}],\"next\":\"abc\"}"))) {
            assertThat(signedIn(hub).run("tenant", "ls", "--json").out())
                    .isEqualTo("[{\"name\":\"one\"},{\"name\":\"two\"}]\n");
        }
    }

    @Test
    void aProblemIsShownAsTheHubWroteIt() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                404,
                                PROBLEM,
                                """
                                {"type":"t","title":"Not found","status":404,"code":"not-found",
                                 "detail":"There is no node \\"gpu-9\\" in acme.","hint":"fairlead nodes lists them"}\
                                """))) {
            var run = signedIn(hub).run("node", "show", "gpu-9");

            assertThat(run.exit()).isEqualTo(5);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .isEqualTo(
                            """
                            fairlead: There is no node "gpu-9" in acme.
                              next: fairlead nodes lists them
                            """);
        }
    }

    @Test
    void problemsHaveExitCodes() throws Exception {
        assertExit(401, "not-signed-in", 3);
        assertExit(403, "denied", 4);
        assertExit(404, "not-found", 5);
        assertExit(409, "conflict", 1);
        assertExit(503, "unavailable", 7);
        assertExit(403, "a-code-of-a-later-hub", 4);
    }

    private void assertExit(int status, String code, int exit) throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                status,
                                PROBLEM,
                                "{\"status\":"
                                        + status
                                        + ",\"code\":\""
                                        + code
                                        + "\",\"detail\":\"d\",\"hint\":\"h\"}"))) {
            assertThat(signedIn(hub).run("nodes").exit()).as(code).isEqualTo(exit);
        }
    }

    @Test
    void whatIsWrongWhereIsTold() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                400,
                                PROBLEM,
                                """
                                {"status":400,"code":"invalid-request","detail":"The request makes no sense.","hint":"Mend it",
                                 "errors":[{"field":"body.uses","detail":"is more than 10000"}]}\
                                """))) {
            assertThat(signedIn(hub).run("token", "create", "--uses", "99999").err())
                    .contains("body.uses: is more than 10000");
        }
    }

    @Test
    void whoMayUseANodeIsExplained() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                200,
                                JSON,
                                """
                                {"items":[{"user":"ann@acme","userState":"disabled","node":"gpu-1",
                                  "acts":[{"act":"nodes.see","allowed":true,"reason":null},
                                          {"act":"stream.ssh","allowed":false,"reason":"role"}],
                                  "logins":[],"login":null,
                                  "grants":[{"takesIn":true,"grant":{"id":"grant_1"}},
                                            {"takesIn":false,"grant":{"id":"grant_2"}}]}],
                                 "next":null}\
                                """))) {
            var run = signedIn(hub).run("grant", "explain", "--node", "gpu-1");

            assertThat(run.out().lines().toList().get(1))
                    .containsSubsequence("ann@acme (disabled)", "gpu-1", "yes", "no: role")
                    .contains("grant_1")
                    .doesNotContain("grant_2");
            assertThat(hub.asked().getFirst().path()).contains("/access?").contains("node=gpu-1");
            assertThat(signedIn(hub).run("grant", "explain").exit()).isEqualTo(2);
        }
    }

    @Test
    void somethingElseThanAHubIsNamed() throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 200, "text/html", "<form>sign in</form>"))) {
            var run = signedIn(hub).run("nodes");

            assertThat(run.exit()).isEqualTo(7);
            assertThat(run.err()).contains("200 with text/html").contains("sign-in of its own");
        }
    }

    /// What no hub says ends with one sentence, soon, and takes no more memory than is meant for
    /// it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{\"items\":7,\"next\":[]}",
                "{\"items\":[7,null,[],{}],\"next\":null}",
                "{\"items\":[{\"name\":[],\"labels\":3,\"link\":\"x\",\"created\":{}}]}",
                "{\"items\":[{\"name\":\"\\u001b]0;x\\u0007\",\"created\":\"yesterday\"}]}",
                "{\"items\":[],\"next\":\"again\"}"
            })
    void answersThatNoHubGives(String body) throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 200, JSON, body))) {
            for (String[] command :
                    new String[][] {{"nodes"}, {"audit"}, {"sessions"}, {"node", "show", "a"}}) {
                var run = signedIn(hub).onTerminal().run(command);
                assertThat(run.out() + run.err())
                        .as(String.join(" ", command))
                        .doesNotContain("Exception", "\tat ", "\u001b]", "\u0007");
                assertThat(run.err().length()).isLessThan(1_000);
            }
        }
    }

    @Test
    void anAnswerWithoutEndIsNotKept() throws Exception {
        try (var hub =
                hub((x, asked) -> {
                    x.getResponseHeaders().set("Content-Type", JSON);
                    x.sendResponseHeaders(200, 0);
                    byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                    try {
                        while (true) {
                            x.getResponseBody().write(blanks);
                        }
                    } catch (IOException e) {
                        // It has had enough.
                    }
                })) {
            var run = signedIn(hub).run("nodes");

            assertThat(run.exit()).isEqualTo(7);
            assertThat(run.err()).contains("answered more than 32 MiB");
        }
    }

    @Test
    void aListWithoutEndIsNotFollowed() throws Exception {
        try (var hub =
                hub((x, asked) -> answer(x, 200, JSON, "{\"items\":[],\"next\":\"more\"}"))) {
            var run = signedIn(hub).run("nodes");

            assertThat(run.exit()).isEqualTo(7);
            assertThat(run.err()).contains("an empty page of a list");
            assertThat(hub.asked()).hasSize(1);
        }
    }

    @Test
    void whatAHubSaysOfAFailurePaintsNoTerminal() throws Exception {
        String problem =
                "{\"code\":\"denied\",\"detail\":\"\\u001b[2Jno\\u202e\",\"hint\":\"\\u001b[35m\"}";
        try (var hub = hub((x, asked) -> answer(x, 403, "application/problem+json", problem))) {
            var run = signedIn(hub).onTerminal().run("nodes");

            assertThat(run.exit()).isEqualTo(4);
            assertThat(run.err())
                    .contains("no")
                    .doesNotContain("\u001b[2J", "\u001b[35m", "\u202e");
        }
    }

    @Test
    void aHubOfAnotherCaOrNameIsNotTalkedTo() throws Exception {
        try (var hub = new StubHub(home, "elsewhere", (x, asked) -> answer(x, 200, JSON, NODES))) {
            var named = signedIn(hub).run("nodes");
            assertThat(named.exit()).isEqualTo(7);
            assertThat(named.err()).contains("is not for that name, but for elsewhere");

            new Folder(home)
                    .change(p ->
                            p.with(
                                    "default",
                                    new dev.fairlead.cli.profile.Profile(
                                            hub.uri(),
                                            null,
                                            null,
                                            "ann@acme",
                                            "acme",
                                            "fls_secret",
                                            null)));
            var unknown = new CliRun(home).run("nodes");
            assertThat(unknown.exit()).isEqualTo(7);
            assertThat(unknown.err())
                    .contains("which this machine does not trust")
                    .contains("#FINGERPRINT");
            assertThat(hub.asked()).isEmpty();
        }
    }

    @Test
    void aHubThatIsGoneIsNamed() throws Exception {
        var hub = hub((x, asked) -> {});
        var run = signedIn(hub);
        hub.close();

        run.run("nodes");

        assertThat(run.exit()).isEqualTo(7);
        assertThat(run.err())
                .contains("refuses the connection")
                .contains("Check that the hub runs");
    }

    @Test
    void removalIsAskedForAndNobodyToAskIsNo() throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 204, JSON, ""))) {
            assertThat(signedIn(hub).run("node", "rm", "gpu-1").exit()).isEqualTo(2);
            assertThat(signedIn(hub).answering("n").run("node", "rm", "gpu-1").exit()).isEqualTo(1);
            assertThat(hub.asked()).isEmpty();
            assertThat(signedIn(hub).answering("y").run("node", "rm", "gpu-1").exit()).isZero();
            assertThat(signedIn(hub).run("node", "rm", "gpu-1", "--yes").exit()).isZero();
            assertThat(hub.asked()).hasSize(2);
        }
    }

    @Test
    void labelsAreSetAndRemoved() throws Exception {
        try (var hub =
                hub((x, asked) -> answer(x, 200, JSON, "{\"labels\":{\"b\":\"2\",\"a\":\"1\"}}"))) {
            var run = signedIn(hub).run("node", "label", "gpu-1", "a=1", "old-");

            assertThat(run.out()).isEqualTo("a=1,b=2\n");
            assertThat(hub.asked().getFirst().body())
                    .isEqualTo("{\"labels\":{\"a\":\"1\",\"old\":null}}");
        }
    }

    @Test
    void anEnrolmentTokenIsOneLineOnStdout() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                201,
                                JSON,
                                """
                                {"id":"tok_1","token":"t","installLine":"curl -f x | sh","joinLine":"fairlead agent join t","uses":2,
                                 "expires":"2026-11-21T10:30:00Z"}\
                                """))) {
            var run =
                    signedIn(hub)
                            .run(
                                    "token",
                                    "create",
                                    "--uses",
                                    "2",
                                    "--expires",
                                    "30m",
                                    "-l",
                                    "site=zrh");

            assertThat(run.out()).isEqualTo("curl -f x | sh\n");
            assertThat(run.err()).contains("2 nodes").contains("in 30m");
            assertThat(hub.asked().getFirst().body())
                    .contains("\"uses\":2")
                    .contains("\"expiresIn\":1800")
                    .contains("\"site\":\"zrh\"");
            assertThat(signedIn(hub).run("token", "create", "--join").out())
                    .isEqualTo("fairlead agent join t\n");
        }
    }

    @Test
    void pairingWithAnotherFingerprintIsNotApproved() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                200,
                                JSON,
                                "{\"fingerprint\":\"ab12 cd34\",\"name\":\"gpu-1\"}"))) {
            var other =
                    signedIn(hub)
                            .run("agent", "approve", "CODE-1234", "--fingerprint", "ffff-ffff");
            assertThat(other.exit()).isEqualTo(4);
            assertThat(hub.asked()).hasSize(1);

            assertThat(
                            signedIn(hub)
                                    .run(
                                            "agent",
                                            "approve",
                                            "CODE-1234",
                                            "--fingerprint",
                                            "AB12-CD34")
                                    .exit())
                    .isZero();
            assertThat(hub.asked().getLast().path()).endsWith("/pairings/approvals");
        }
    }

    @Test
    void passwordsComeFromStdinAndTheProfileIsKept() throws Exception {
        try (var hub =
                hub((x, asked) ->
                        answer(
                                x,
                                201,
                                JSON,
                                """
                                {"id":"si_1","token":"fls_new","user":"ann","tenant":"acme","expires":"2026-11-22T10:00:00Z"}\
                                """))) {
            var run = signedIn(hub).stdin("pass word\nmore").run("login", "--password-stdin");

            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(hub.asked().getFirst().body())
                    .contains("\"password\":\"pass word\"")
                    .contains("\"user\":\"ann@acme\"");
            assertThat(new Folder(home).profiles().need("default").token()).isEqualTo("fls_new");
        }
    }

    @Test
    void aProfileThatIsSignedInElsewhereIsNeverLost() throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 500, JSON, "{}"))) {
            var before = signedIn(hub);

            assertThat(before.run("login", "https://other.example", "--user", "a").exit())
                    .isEqualTo(2);
            assertThat(before.err()).contains("--profile NAME");
            var absent =
                    new CliRun(home)
                            .run(
                                    "login",
                                    "https://other.example",
                                    "--keep-others",
                                    "--password-stdin");
            assertThat(absent.exit()).isZero();
            assertThat(new Folder(home).profiles().need("default").hub()).isEqualTo(hub.uri());
            assertThat(hub.asked()).isEmpty();
        }
    }

    @Test
    void logoutForgetsTheTokenAndKeepsTheHub() throws Exception {
        try (var hub = hub((x, asked) -> answer(x, 204, JSON, ""))) {
            assertThat(signedIn(hub).run("logout").exit()).isZero();

            assertThat(hub.asked().getFirst().method()).isEqualTo("DELETE");
            assertThat(new Folder(home).profiles().need("default").token()).isNull();
            var after = new CliRun(home).run("nodes");
            assertThat(after.exit()).isEqualTo(3);
            assertThat(after.err()).contains("fairlead login");
        }
    }

    @Test
    void followingTheAuditResumesAfterALostConnectionAndEndsWhenTheHubSaysSo() throws Exception {
        var streams = new AtomicInteger();
        try (var hub =
                hub((x, asked) -> {
                    if (!asked.path().contains("/stream")) {
                        answer(x, 200, JSON, "{\"items\":[" + record(7) + "],\"next\":null}");
                        return;
                    }
                    String last = x.getRequestHeaders().getFirst("Last-Event-ID");
                    x.getResponseHeaders().set("Content-Type", "text/event-stream");
                    x.sendResponseHeaders(200, 0);
                    String body =
                            streams.getAndIncrement() == 0
                                    ? ": hello\n\nid: 8\nevent: audit\ndata: " + record(8) + "\n\n"
                                    : "id: 9\nevent: audit\ndata: "
                                            + record(9)
                                            + "\n\nevent: end\ndata: {\"status\":403,\"code\":\"denied\","
                                            + "\"detail\":\"Your grant was withdrawn ("
                                            + last
                                            + ").\",\"hint\":\"\"}\n\n";
                    x.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
                })) {
            var run = signedIn(hub).run("audit", "--follow", "--json");

            assertThat(run.out().lines().toList()).containsExactly(record(7), record(8), record(9));
            assertThat(run.exit()).isEqualTo(4);
            assertThat(run.err())
                    .contains("Trying again")
                    .contains("Your grant was withdrawn (8).");
        }
    }

    private static String record(int seq) {
        return "{\"seq\":" + seq + ",\"act\":\"node.create\"}";
    }

    @Test
    void sshConfigWritesOneHostCaPerTenant() throws Exception {
        String key =
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKDl0nJAdDbGO7DE1l3Vq1yUoN0ldDkpYYrsfYJNqZ0I";
        try (var hub =
                hub((x, asked) -> {
                    if (asked.path().contains("/closed/")) {
                        answer(
                                x,
                                403,
                                PROBLEM,
                                "{\"status\":403,\"code\":\"denied\",\"detail\":\"no\",\"hint\":\"\"}");
                    } else if (asked.path().contains("ssh-host-ca")) {
                        answer(
                                x,
                                200,
                                JSON,
                                "{\"knownHostsLine\":\"@cert-authority *.acme.fairlead "
                                        + key
                                        + "\"}");
                    } else {
                        answer(
                                x,
                                200,
                                JSON,
                                "{\"items\":[{\"name\":\"acme\"},{\"name\":\"closed\"}],\"next\":null}");
                    }
                })) {
            var run = signedIn(hub).run("ssh-config");

            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).contains("ProxyCommand /opt/fairlead/fairlead proxy '%n' '%r'");
            assertThat(home.resolve("ssh_known_hosts"))
                    .hasContent("@cert-authority *.acme.fairlead " + key);
            assertThat(signedIn(hub).run("ssh-config", "--install").exit()).isZero();
            assertThat(home.resolve(".ssh/config"))
                    .content()
                    .contains("Include " + home + "/ssh_config");
        }
    }
}
