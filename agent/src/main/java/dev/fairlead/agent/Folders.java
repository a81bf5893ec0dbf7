package dev.fairlead.agent;

import dev.fairlead.agent.login.Login;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the agent's files are; the options that every command has.
public final class Folders {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The node's policy (default: /etc/fairlead/agent.yaml for root, else"
                            + " ~/.config/fairlead/agent.yaml).")
    private @Nullable Path config;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "The agent's own folder with its key (default: /var/lib/fairlead/agent for root,"
                            + " else ~/.local/share/fairlead/agent).")
    private @Nullable Path state;

    Folders() {
        this(null, null);
    }

    /// @param config null for the usual one; so is `state`
    Folders(@Nullable Path config, @Nullable Path state) {
        this.config = config;
        this.state = state;
    }

    public Path config() throws IOException {
        if (config != null) {
            return config;
        }
        if (isRoot()) {
            return Path.of("/etc/fairlead/agent.yaml");
        }
        String home = System.getenv("FAIRLEAD_HOME");
        return (home != null ? Path.of(home) : home().resolve(".config/fairlead"))
                .resolve("agent.yaml");
    }

    public Path state() throws IOException {
        if (state != null) {
            return state;
        }
        return isRoot()
                ? Path.of("/var/lib/fairlead/agent")
                : home().resolve(".local/share/fairlead/agent");
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home", "."));
    }

    private static boolean isRoot() throws IOException {
        return Login.agentUid() == 0;
    }
}
