package dev.fairlead.agent.enroll;

import dev.fairlead.agent.AgentConfig;
import dev.fairlead.agent.Profile;
import dev.fairlead.agent.ReadConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Settles the policy file when a machine joins: makes one where there is none, and writes the
/// profile into one that does not say.
public final class ProfileFile {

    private static final String TEXT =
            """
            # What this machine allows. Its owner decides; the hub cannot widen it.
            # Keys and rules: docs/configuration-agent.md. Restart the agent after a change.
            profile: %s
            # allow: [%s]
            # logins: []
            """;

    private ProfileFile() {}

    /// The configuration as it holds from now on.
    ///
    /// @param wanted null to take what the file says
    /// @throws EnrollException where the file says another profile
    public static AgentConfig settle(Path file, @Nullable Profile wanted)
            throws IOException, EnrollException {
        if (!Files.exists(file)) {
            var profile = wanted == null ? Profile.NODE : wanted;
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(
                    file,
                    TEXT.formatted(profile.label(), String.join(", ", profile.allow())),
                    StandardOpenOption.CREATE_NEW);
            return ReadConfig.read(file);
        }
        var config = ReadConfig.read(file);
        if (wanted == null || wanted == config.profile()) {
            return config;
        }
        String text = Files.readString(file);
        if (text.lines().anyMatch(line -> line.startsWith("profile"))) {
            throw new EnrollException(
                    file
                            + " says profile: "
                            + config.profile().label()
                            + ", not "
                            + wanted.label()
                            + ". Change it there, or leave --profile away.");
        }
        Files.writeString(
                file,
                (text.isEmpty() || text.endsWith("\n") ? "" : "\n")
                        + "profile: "
                        + wanted.label()
                        + "\n",
                StandardOpenOption.APPEND);
        return ReadConfig.read(file);
    }
}
