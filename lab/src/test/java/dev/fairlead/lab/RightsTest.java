package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.hub.rbac.Logins;
import dev.fairlead.hub.rbac.Role;
import dev.fairlead.hub.rbac.Selector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every end of a right ends what lived by it within a second, and the person sees why.
@Tag("long")
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class RightsTest {

    /// What is promised, with `-Dfairlead.long=true`; else no more than that it is soon, whatever
    /// else this machine does.
    private static final Duration BOUND =
            Duration.ofSeconds(Boolean.getBoolean("fairlead.long") ? 1 : 5);

    private static final String LEAVING = "leaving";
    private static final String CLOSING = "closing";

    @TempDir(factory = ShortFolder.class)
    static Path folder;

    private static Lab lab;
    private static LabAgent node;
    private static LabAgent leaving;
    private static LabAgent closing;
    private static HubApi admin;

    @BeforeAll
    static void start() throws Exception {
        lab = new Lab(folder);
        lab.tenant(LEAVING);
        lab.tenant(CLOSING);
        var nodes =
                List.of(Lab.TENANT, LEAVING, CLOSING).stream()
                        .map(tenant -> CompletableFuture.supplyAsync(() -> agent(tenant)))
                        .toList();
        node = nodes.get(0).join();
        leaving = nodes.get(1).join();
        closing = nodes.get(2).join();
        admin = lab.api(lab.signIn("admin"));
        admin.patch(path(Lab.TENANT, "nodes", node.name()), labels("berlin"));
        for (var tenant : List.of(LEAVING, CLOSING)) {
            lab.grantAdmin(tenant);
        }
    }

    private static LabAgent agent(String tenant) {
        try {
            return lab.agent(tenant, "node-" + tenant);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            admin.close();
        } finally {
            lab.close();
        }
    }

    private static String path(String tenant, String... more) {
        var parts = new ArrayList<>(List.of("tenants", tenant));
        parts.addAll(List.of(more));
        return HubApi.path(parts.toArray(String[]::new));
    }

    private static Map<String, Object> labels(String site) {
        return Map.of("labels", Map.of("site", site));
    }

    /// What ends: all of a person's streams, the ones to nodes, or sessions only.
    private enum Ends {
        EVERYTHING,
        NODE_STREAMS,
        SESSIONS
    }

    /// How a right ends. Each is what an API call, or the clock, does to a person called `who`.
    private enum EndOfRight {
        GRANT_WITHDRAWN("grant", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                for (var grant : admin.list(path(Lab.TENANT, "grants"), Query.of("user", who))) {
                    admin.delete(path(Lab.TENANT, "grants", grant.path("id").asString("")));
                }
            }
        },
        USER_DISABLED("disabled", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                admin.post(path(Lab.TENANT, "users", who, "disable"));
            }
        },
        USER_REMOVED("removed", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                admin.delete(path(Lab.TENANT, "users", who));
            }
        },
        PASSWORD_SET("password", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                admin.put(
                        path(Lab.TENANT, "users", who, "password"),
                        Map.of("password", Lab.PASSWORD + "2"));
            }
        },
        PASSWORD_CHANGED_ELSEWHERE("password", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) throws IOException {
                try (var elsewhere = lab.api(lab.signIn(who + "@" + Lab.TENANT))) {
                    elsewhere.put(
                            HubApi.path("me", "password"),
                            Map.of("current", Lab.PASSWORD, "password", Lab.PASSWORD + "2"));
                }
            }
        },
        SIGN_IN_EXPIRED("expired", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                lab.clock().setAhead(Duration.ofHours(13));
            }
        },
        SIGNED_OUT_ELSEWHERE("signed out", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) throws IOException {
                try (var elsewhere = lab.api(token)) {
                    elsewhere.delete(HubApi.path("sign-ins", "current"));
                }
            }
        },
        API_TOKEN_EXPIRED("expired", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                lab.clock().setAhead(Duration.ofMinutes(11));
            }
        },
        API_TOKEN_REVOKED("API token", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) throws IOException {
                try (var api = lab.api(lab.signIn(who + "@" + Lab.TENANT))) {
                    for (var one : api.list(HubApi.path("api-tokens"), Query.NONE)) {
                        api.delete(HubApi.path("api-tokens", one.path("id").asString("")));
                    }
                }
            }
        },
        NODE_RELABELLED("labels", Ends.NODE_STREAMS) {
            @Override
            void take(String who, String token) {
                admin.patch(path(Lab.TENANT, "nodes", node.name()), labels("paris"));
            }
        },
        NODE_REMOVED("removed", Ends.NODE_STREAMS) {
            @Override
            void take(String who, String token) {
                admin.delete(path(LEAVING, "nodes", leaving.name()));
            }
        },
        TENANT_REMOVED("removed", Ends.EVERYTHING) {
            @Override
            void take(String who, String token) {
                admin.delete(HubApi.path("tenants", CLOSING));
            }
        },
        ENDED_BY_OPERATOR("ended by admin@system: go home", Ends.SESSIONS) {
            @Override
            void take(String who, String token) {
                endSessions(who);
            }
        };

        final String says;
        final Ends ends;

        EndOfRight(String says, Ends ends) {
            this.says = says;
            this.ends = ends;
        }

        abstract void take(String who, String token) throws IOException;

        String tenant() {
            return switch (this) {
                case NODE_REMOVED -> LEAVING;
                case TENANT_REMOVED -> CLOSING;
                default -> Lab.TENANT;
            };
        }

        LabAgent at() {
            return switch (this) {
                case NODE_REMOVED -> leaving;
                case TENANT_REMOVED -> closing;
                default -> node;
            };
        }

        boolean isOfApiToken() {
            return this == API_TOKEN_EXPIRED || this == API_TOKEN_REVOKED;
        }
    }

    private static void endSessions(String who) {
        for (var session :
                admin.list(
                        path(Lab.TENANT, "sessions"),
                        Query.of("user", who + "@" + Lab.TENANT).and("state", "live"))) {
            admin.post(
                    path(Lab.TENANT, "sessions", session.path("id").asString(""), "end"),
                    Map.of("reason", "go home"));
        }
    }

    private static Person person(EndOfRight how, String who) throws Exception {
        lab.user(
                how.tenant(),
                who,
                how == EndOfRight.NODE_RELABELLED ? Role.OPERATOR : Role.ADMIN,
                how == EndOfRight.NODE_RELABELLED ? Selector.parse("site=berlin") : Selector.ALL,
                Logins.ANY);
        String user = who + "@" + how.tenant();
        String token = lab.signIn(user);
        if (how.isOfApiToken()) {
            try (var api = lab.api(token)) {
                token =
                        api.post(
                                        HubApi.path("api-tokens"),
                                        Map.of("name", "script", "expiresIn", 600))
                                .path("token")
                                .asString("");
            }
        }
        // A short path, so that OpenSSH can share connections.
        return new Person(lab, user, how.tenant(), token, new LabCli(folder.resolve(who)));
    }

    @ParameterizedTest
    @EnumSource
    void allThatLivedByItEndsWithinASecondAndSaysWhy(EndOfRight how) throws Exception {
        String who = how.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        try (var person = person(how, who)) {
            person.openAll(how.at(), how != EndOfRight.NODE_RELABELLED);
            how.take(who, person.token());
            long taken = System.nanoTime();
            var ending = new LinkedHashMap<>(person.streams());
            ending.put("terminal", person.terminal());
            if (how.ends == Ends.EVERYTHING) {
                ending.putAll(person.events());
            }
            for (var one : ending.entrySet()) {
                assertThat(one.getValue().end().message())
                        .as(one.getKey())
                        .containsIgnoringCase(how.says);
                assertThat(one.getValue().endedAfter(taken)).as(one.getKey()).isLessThan(BOUND);
            }
            if (how.ends != Ends.EVERYTHING) {
                assertThat(person.events().values()).noneMatch(Watched::isOver);
            }
        } finally {
            lab.clock().setAhead(Duration.ZERO);
            admin.patch(path(Lab.TENANT, "nodes", node.name()), labels("berlin"));
        }
    }

    /// A node that is frozen, or does not want to hear, keeps nothing alive.
    @Test
    void aFrozenNodeDoesNotPutItOff() throws Exception {
        var how = EndOfRight.USER_DISABLED;
        try (var person = person(how, "frozen")) {
            person.openAll(node, true);
            signal("STOP");
            try {
                how.take("frozen", person.token());
                long taken = System.nanoTime();
                for (var one : person.streams().entrySet()) {
                    assertThat(one.getValue().end().message()).as(one.getKey()).contains(how.says);
                    assertThat(one.getValue().endedAfter(taken)).as(one.getKey()).isLessThan(BOUND);
                }
            } finally {
                signal("CONT");
            }
        }
    }

    private static void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, "" + node.process().pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    /// The same by the real programs: every one that lasts says it and fails. OpenSSH keeps its
    /// `ProxyCommand` from saying anything, and both of its sessions share one connection.
    @Test
    void everyCommandThatLastsSaysWhyAndFails() throws Exception {
        try (var person = person(EndOfRight.USER_DISABLED, "busy");
                var target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var cli = person.cli();
            String lasting = "echo up; sleep 60";
            var commands = new LinkedHashMap<String, Process>();
            try {
                commands.put("ssh", cli.fairlead("ssh", node.name(), lasting).start());
                commands.put("nodes", cli.fairlead("nodes", "--watch").start());
                commands.put("audit", cli.fairlead("audit", "--follow").start());
                commands.put(
                        "exec",
                        cli.fairlead("exec", node.name(), "--", "sh", "-c", lasting).start());
                commands.put(
                        "forward",
                        cli.fairlead("forward", node.name(), "0:127.0.0.1:" + target.getLocalPort())
                                .start());
                awaitFirstLines(commands);
                commands.put(
                        "terminal",
                        Programs.builder(
                                        cli.environment(),
                                        List.of(
                                                "ssh",
                                                "-F",
                                                cli.sshConfig().toString(),
                                                "-tt",
                                                node.host(),
                                                lasting))
                                .start());
                awaitFirstLines(Map.of("terminal", commands.get("terminal")));
                EndOfRight.USER_DISABLED.take("busy", "");
                for (var command : commands.entrySet()) {
                    saysWhyAndFails(command.getKey(), command.getValue());
                }
            } finally {
                commands.values().forEach(Process::destroyForcibly);
            }
        }
    }

    private static void awaitFirstLines(Map<String, Process> commands) throws IOException {
        for (var command : commands.entrySet()) {
            assertThat(command.getValue().inputReader().readLine())
                    .as(command.getKey())
                    .isNotNull();
        }
    }

    private static void saysWhyAndFails(String name, Process process) throws Exception {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(name).isTrue();
        assertThat(process.exitValue()).as(name).isNotZero();
        var said = name.equals("terminal") ? process.inputReader() : process.errorReader();
        assertThat(said.lines().toList()).as(name).anyMatch(line -> line.contains("disabled"));
    }
}
