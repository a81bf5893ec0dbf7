package dev.fairlead.hub;

import static dev.fairlead.hub.HubConfig.check;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fairlead.link.LinkLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How much at once: `limits` in `hub.yaml`. What a link may hold is in [Link].
///
/// @param connections TCP connections to the one port, links included
/// @param requests API requests that are being worked on; more wait a second, then `busy`
/// @param eventStreams SSE streams
/// @param tlsHandshakes under way, before the next connections wait
/// @param unproved connections for links that have not proved themselves yet
/// @param unprovedPerAddress of them from one address
/// @param handshakeSeconds for the TLS handshake, and as long again to prove oneself inside
/// @param terminals of the console that one person may have, detached ones included
/// @param tenantMemory bytes that the windows of all links of one tenant may add up to
public record HubLimits(
        int connections,
        int requests,
        int eventStreams,
        int tlsHandshakes,
        int unproved,
        int unprovedPerAddress,
        int handshakeSeconds,
        int terminals,
        long tenantMemory,
        Link link) {

    public static final HubLimits DEFAULT =
            new HubLimits(20_000, 64, 1_000, 100, 1_000, 500, 10, 32, 1L << 30, Link.DEFAULT);

    private static final int LONGEST_HANDSHAKE = 60;

    public HubLimits {
        check(connections >= 10, "limits.connections is below 10");
        check(requests >= 1, "limits.requests is below 1");
        check(eventStreams >= 0, "limits.event-streams is below 0");
        check(tlsHandshakes >= 1, "limits.tls-handshakes is below 1");
        check(unproved >= 1, "limits.unproved is below 1");
        check(
                unprovedPerAddress >= 1 && unprovedPerAddress <= unproved,
                "limits.unproved-per-address is not 1 to limits.unproved");
        check(
                handshakeSeconds >= 1 && handshakeSeconds <= LONGEST_HANDSHAKE,
                "limits.handshake-seconds is not 1 to " + LONGEST_HANDSHAKE);
        check(terminals >= 0, "limits.terminals is below 0");
        check(tenantMemory >= link.memory(), "limits.tenant-memory is below limits.link.memory");
    }

    /// With the defaults for what happens before a link.
    public HubLimits(int connections, int requests, int eventStreams) {
        this(
                connections,
                requests,
                eventStreams,
                DEFAULT.tlsHandshakes,
                DEFAULT.unproved,
                DEFAULT.unprovedPerAddress,
                DEFAULT.handshakeSeconds,
                DEFAULT.terminals,
                DEFAULT.tenantMemory,
                DEFAULT.link);
    }

    @JsonCreator
    static HubLimits read(
            @JsonProperty("connections") @Nullable Integer connections,
            @JsonProperty("requests") @Nullable Integer requests,
            @JsonProperty("event-streams") @Nullable Integer eventStreams,
            @JsonProperty("tls-handshakes") @Nullable Integer tlsHandshakes,
            @JsonProperty("unproved") @Nullable Integer unproved,
            @JsonProperty("unproved-per-address") @Nullable Integer unprovedPerAddress,
            @JsonProperty("handshake-seconds") @Nullable Integer handshakeSeconds,
            @JsonProperty("terminals") @Nullable Integer terminals,
            @JsonProperty("tenant-memory") @Nullable Long tenantMemory,
            @JsonProperty("link") @Nullable Link link) {
        int places = requireNonNullElse(unproved, DEFAULT.unproved);
        return new HubLimits(
                requireNonNullElse(connections, DEFAULT.connections),
                requireNonNullElse(requests, DEFAULT.requests),
                requireNonNullElse(eventStreams, DEFAULT.eventStreams),
                requireNonNullElse(tlsHandshakes, DEFAULT.tlsHandshakes),
                places,
                requireNonNullElse(
                        unprovedPerAddress, Math.min(DEFAULT.unprovedPerAddress, places)),
                requireNonNullElse(handshakeSeconds, DEFAULT.handshakeSeconds),
                requireNonNullElse(terminals, DEFAULT.terminals),
                requireNonNullElse(tenantMemory, DEFAULT.tenantMemory),
                requireNonNullElse(link, DEFAULT.link));
    }

    /// What the hub puts up with of the other side of each link; `docs/protocol.md` says what that
    /// side gets to see.
    ///
    /// @param streams that it has open
    /// @param headerBytes of the headers of one frame
    /// @param window bytes on their way in one stream
    /// @param memory bytes that the windows of all its streams may add up to
    /// @param opensPerSecond streams that it opens
    /// @param controlsPerSecond pings and resets that it sends
    /// @param pingSeconds how often it is to ask for a sign of life, before jitter
    /// @param silenceSeconds after which it counts as dead
    public record Link(
            int streams,
            int headerBytes,
            int window,
            int memory,
            int opensPerSecond,
            int controlsPerSecond,
            int pingSeconds,
            int silenceSeconds) {

        static final Link DEFAULT = of(LinkLimits.DEFAULT);

        private static final int MOST_STREAMS = 65_536;
        private static final int MOST_HEADERS = 65_535;
        private static final int FEWEST_HEADERS = 1_024;
        private static final int LONGEST_SILENCE = 60;

        public Link {
            check(
                    streams >= 1 && streams <= MOST_STREAMS,
                    "limits.link.streams is not 1 to " + MOST_STREAMS);
            check(
                    headerBytes >= FEWEST_HEADERS && headerBytes <= MOST_HEADERS,
                    "limits.link.header-bytes is not %d to %d"
                            .formatted(FEWEST_HEADERS, MOST_HEADERS));
            check(
                    window >= LinkLimits.INITIAL_WINDOW,
                    "limits.link.window is below " + LinkLimits.INITIAL_WINDOW);
            check(memory >= window, "limits.link.memory is below limits.link.window");
            check(opensPerSecond >= 1, "limits.link.opens-per-second is below 1");
            check(controlsPerSecond >= 1, "limits.link.controls-per-second is below 1");
            check(
                    pingSeconds >= 1 && silenceSeconds > pingSeconds,
                    "limits.link.silence-seconds is not above limits.link.ping-seconds, or that is"
                            + " below 1");
            check(
                    silenceSeconds <= LONGEST_SILENCE,
                    "limits.link.silence-seconds is above " + LONGEST_SILENCE);
        }

        private static Link of(LinkLimits limits) {
            return new Link(
                    limits.maxStreams(),
                    limits.maxHeaders(),
                    limits.maxWindow(),
                    limits.linkMemory(),
                    limits.opensPerSecond(),
                    limits.controlsPerSecond(),
                    (int) limits.ping().toSeconds(),
                    (int) limits.deadAfter().toSeconds());
        }

        @JsonCreator
        static Link read(
                @JsonProperty("streams") @Nullable Integer streams,
                @JsonProperty("header-bytes") @Nullable Integer headerBytes,
                @JsonProperty("window") @Nullable Integer window,
                @JsonProperty("memory") @Nullable Integer memory,
                @JsonProperty("opens-per-second") @Nullable Integer opensPerSecond,
                @JsonProperty("controls-per-second") @Nullable Integer controlsPerSecond,
                @JsonProperty("ping-seconds") @Nullable Integer pingSeconds,
                @JsonProperty("silence-seconds") @Nullable Integer silenceSeconds) {
            return new Link(
                    requireNonNullElse(streams, DEFAULT.streams),
                    requireNonNullElse(headerBytes, DEFAULT.headerBytes),
                    requireNonNullElse(window, DEFAULT.window),
                    requireNonNullElse(memory, DEFAULT.memory),
                    requireNonNullElse(opensPerSecond, DEFAULT.opensPerSecond),
                    requireNonNullElse(controlsPerSecond, DEFAULT.controlsPerSecond),
                    requireNonNullElse(pingSeconds, DEFAULT.pingSeconds),
                    requireNonNullElse(silenceSeconds, DEFAULT.silenceSeconds));
        }

        /// As a link takes them.
        public LinkLimits limits() {
            return LinkLimits.DEFAULT
                    .withMaxStreams(streams)
                    .withMaxHeaders(headerBytes)
                    .withMaxWindow(window)
                    .withLinkMemory(memory)
                    .withRates(opensPerSecond, controlsPerSecond)
                    .withLiveness(
                            Duration.ofSeconds(pingSeconds), Duration.ofSeconds(silenceSeconds));
        }
    }
}
