package dev.fairlead.agent;

import dev.fairlead.agent.policy.Guarded;
import dev.fairlead.agent.policy.OwnListeners;
import dev.fairlead.agent.policy.Remembered;
import dev.fairlead.link.Backoff;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.dial.DialRequest;
import dev.fairlead.link.handshake.HandshakeSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What a test replaces in an agent.
///
/// @param listeners the ports of this very process, which are never reached; in a test the targets
///   are in this process too
/// @param backoff a fresh one for each dial loop
/// @param step how long each step of a dial may take
/// @param heartbeat between two heartbeats, before jitter
/// @param connect how long each address of a target is waited for
/// @param environment for HTTPS_PROXY and NO_PROXY
public record AgentParts(
        Clock clock,
        SecureRandom random,
        Supplier<List<Guarded.Listener>> listeners,
        Supplier<Backoff> backoff,
        LinkLimits limits,
        HandshakeSettings handshake,
        Duration step,
        Duration heartbeat,
        Duration connect,
        Map<String, String> environment) {

    public static AgentParts standard() {
        var clock = Clock.systemUTC();
        var random = new SecureRandom();
        return new AgentParts(
                clock,
                random,
                new Remembered(new OwnListeners(Path.of("/proc")), clock),
                () -> new Backoff(random, System::nanoTime),
                LinkLimits.DEFAULT,
                HandshakeSettings.standard(),
                DialRequest.STEP,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                System.getenv());
    }

    public AgentParts withListeners(Supplier<List<Guarded.Listener>> other) {
        return new AgentParts(
                clock,
                random,
                other,
                backoff,
                limits,
                handshake,
                step,
                heartbeat,
                connect,
                environment);
    }

    public AgentParts withBackoff(Supplier<Backoff> other) {
        return new AgentParts(
                clock,
                random,
                listeners,
                other,
                limits,
                handshake,
                step,
                heartbeat,
                connect,
                environment);
    }

    public AgentParts withHeartbeat(Duration other) {
        return new AgentParts(
                clock,
                random,
                listeners,
                backoff,
                limits,
                handshake,
                step,
                other,
                connect,
                environment);
    }

    public AgentParts withEnvironment(Map<String, String> other) {
        return new AgentParts(
                clock, random, listeners, backoff, limits, handshake, step, heartbeat, connect,
                other);
    }
}
