package dev.fairlead.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// One session.
@Command(name = "session", synopsisSubcommandLabel = "COMMAND", description = "End a session.")
final class Session {

    private final Fairlead fairlead;

    Session(Fairlead fairlead) {
        this.fairlead = fairlead;
    }

    @Command(name = "end", description = "Cut a session; its person sees why.")
    int end(
            @Parameters(paramLabel = "ID", description = "The session's id: sess_...") String id,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            description = "What to tell the person.")
                    @Nullable String reason) {
        try (var api = fairlead.api()) {
            api.post(
                    fairlead.inTenant("sessions", id, "end"),
                    reason == null ? Map.of() : Map.of("reason", reason));
        }
        fairlead.terminal().note(id + " is ended.");
        return Exit.OK.code();
    }
}
