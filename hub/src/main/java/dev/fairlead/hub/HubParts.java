package dev.fairlead.hub;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a hub is given and a test replaces.
///
/// @param progress told what a first start is busy with
/// @param agentPackages the folder with the agent's package that is served to new nodes
/// @param console the folder with the built console; null where there is none
public record HubParts(
        Clock clock,
        SecureRandom random,
        PrometheusMeterRegistry meters,
        Consumer<String> progress,
        Path agentPackages,
        @Nullable Path console) {

    /// Without a console.
    ///
    /// @param agentPackages the folder with the agent's package; need not exist
    public static HubParts standard(Path agentPackages) {
        return new HubParts(
                Clock.systemUTC(),
                new SecureRandom(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                step -> {},
                agentPackages,
                null);
    }

    public HubParts withClock(Clock other) {
        return new HubParts(other, random, meters, progress, agentPackages, console);
    }

    public HubParts withProgress(Consumer<String> told) {
        return new HubParts(clock, random, meters, told, agentPackages, console);
    }

    public HubParts withConsole(Path folder) {
        return new HubParts(clock, random, meters, progress, agentPackages, folder);
    }
}
