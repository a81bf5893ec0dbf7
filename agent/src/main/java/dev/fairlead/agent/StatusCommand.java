package dev.fairlead.agent;

import dev.fairlead.agent.state.AgentState;
import dev.fairlead.agent.state.AgentStatus;
import dev.fairlead.agent.state.StateFolder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `fairlead agent status`
@Command(
        name = "status",
        description =
                "Says whether this node is linked, since when, to which hub and tenant, and what went"
                        + " wrong last. Ends with 0 when it is linked, 1 when the agent runs without a"
                        + " link, 3 when no agent runs, 4 when this machine has not joined.")
final class StatusCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private final Folders folders = new Folders();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets `spec`
    StatusCommand() {}

    @Override
    public Integer call() throws Exception {
        var path = folders.state();
        var folder = new StateFolder(path);
        var joined = Files.isDirectory(path) ? folder.read() : null;
        if (joined == null) {
            print(null, null, false);
            return Exit.NOT_JOINED;
        }
        boolean running = folder.isInUse();
        var status = folder.readStatus();
        print(joined, status, running);
        if (!running || status == null) {
            return Exit.NOT_RUNNING;
        }
        return status.state() == AgentStatus.State.LINKED ? Exit.OK : Exit.NOT_LINKED;
    }

    private void print(@Nullable AgentState joined, @Nullable AgentStatus status, boolean running) {
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(
                    JsonMapper.builder()
                            .build()
                            .writeValueAsString(fields(joined, status, running)));
        } else if (joined == null) {
            out.println(
                    "This machine has not joined a hub. Run: fairlead agent join TOKEN  (an"
                            + " administrator gets the token by `fairlead token create`)");
        } else {
            text(out, joined, status, running);
        }
        out.flush();
    }

    private static Map<String, @Nullable Object> fields(
            @Nullable AgentState joined, @Nullable AgentStatus status, boolean running) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("joined", joined != null);
        fields.put("running", running);
        if (joined != null) {
            fields.put("node", joined.node());
            fields.put("name", joined.name());
            fields.put("tenant", joined.tenantName());
            fields.put("hubs", joined.hubs());
            fields.put("hubFingerprint", joined.root());
        }
        if (status != null) {
            fields.put(
                    "state",
                    running ? status.state().name().toLowerCase(java.util.Locale.ROOT) : "stopped");
            fields.put("since", status.since());
            fields.put("hub", status.hub());
            fields.put("innerTls", status.innerTls());
            fields.put("between", status.between());
            fields.put("error", status.error());
            fields.put("version", status.version());
            fields.put("pid", running ? status.pid() : null);
        }
        return fields;
    }

    private static void text(
            PrintWriter out, AgentState joined, @Nullable AgentStatus status, boolean running) {
        if (!running || status == null) {
            out.println("not running. Start it with: fairlead agent run");
        } else {
            String since = " since " + status.since() + " (" + ago(status.since()) + ")";
            out.println(
                    switch (status.state()) {
                        case LINKED -> "linked" + since + " to " + status.hub();
                        case DIALING -> "not linked" + since + "; dialling again";
                        case REVOKED -> "removed by the hub" + since;
                        case STOPPED -> "stopping";
                    });
        }
        if (running && status != null && status.innerTls() != null) {
            out.print(between(status));
        }
        out.println("node     " + joined.name() + "  " + joined.node());
        out.println("tenant   " + joined.tenantName());
        out.println(
                "hub      "
                        + String.join(" ", joined.hubs().stream().map(Object::toString).toList()));
        out.println("hub key  " + joined.root());
        if (status != null) {
            out.println("agent    " + status.version() + (running ? ", pid " + status.pid() : ""));
            if (status.error() != null) {
                out.println("error    " + status.error());
            }
        }
    }

    /// Nothing where the link goes straight to the hub.
    private static String between(AgentStatus status) {
        String tls =
                Boolean.TRUE.equals(status.innerTls())
                        ? "inner TLS: nobody in between can read the link"
                        : "";
        if (status.between() == null) {
            return tls.isEmpty() ? "" : "between  " + tls + "\n";
        }
        return "between  a certificate issued by " + status.between() + "; " + tls + "\n";
    }

    private static String ago(Instant since) {
        var time = Duration.between(since, Instant.now());
        if (time.toDays() > 0) {
            return time.toDays() + " d";
        }
        return time.toHours() > 0
                ? time.toHours() + " h"
                : time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
