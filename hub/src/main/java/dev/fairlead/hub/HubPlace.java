package dev.fairlead.hub;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which hub a command for its owner is about; an argument group.
final class HubPlace {

    @Option(names = "--config", paramLabel = "FILE", description = "Its configuration.")
    @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a hub with a database of its own.")
    @Nullable Path data;

    /// @throws ConfigException where neither is given, or the file cannot be used
    HubConfig config() {
        if (config != null) {
            return ReadConfig.read(config);
        }
        if (data != null) {
            return HubConfig.local(data.toAbsolutePath(), 0);
        }
        throw new ConfigException("Give --config FILE or --data DIR.");
    }
}
