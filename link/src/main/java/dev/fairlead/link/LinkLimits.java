package dev.fairlead.link;

import java.time.Duration;

/// What one side of a link puts up with; `docs/protocol.md`, section Limits, has the defaults.
///
/// @param maxStreams streams that the other side may have open at once
/// @param maxHeaders bytes of the headers of one OPEN, ACCEPT or REFUSE
/// @param maxWindow bytes that may be on their way in one stream whose distance and rate need so
///   many
/// @param linkMemory bytes that the windows of all streams of the link may add up to
/// @param opensPerSecond OPEN frames, averaged over a second, with a burst of as many
/// @param controlsPerSecond PING and RESET frames, likewise
/// @param ping how often the dialling side asks for a sign of life, before jitter
/// @param deadAfter without a byte for so long, the other side counts as dead
public record LinkLimits(
        int maxStreams,
        int maxHeaders,
        int maxWindow,
        int linkMemory,
        int opensPerSecond,
        int controlsPerSecond,
        Duration ping,
        Duration deadAfter) {

    /// The window that every stream begins with: a constant of the protocol.
    public static final int INITIAL_WINDOW = 32_768;

    /// The most bytes in one DATA frame: with its headers and TLS, four whole records.
    public static final int MAX_DATA = 65_520;

    public static final LinkLimits DEFAULT =
            new LinkLimits(
                    2_048,
                    16_384,
                    8 << 20,
                    64 << 20,
                    20_000,
                    2_000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(25));

    public LinkLimits {
        require(maxStreams > 0, "maxStreams");
        require(maxHeaders >= 1_024 && maxHeaders <= 65_535, "maxHeaders");
        require(maxWindow >= INITIAL_WINDOW, "maxWindow");
        require(linkMemory >= INITIAL_WINDOW, "linkMemory");
        require(opensPerSecond > 0, "opensPerSecond");
        require(controlsPerSecond > 0, "controlsPerSecond");
        require(ping.isPositive(), "ping");
        require(deadAfter.compareTo(ping) > 0, "deadAfter");
    }

    public LinkLimits withMaxHeaders(int bytes) {
        return new LinkLimits(
                maxStreams,
                bytes,
                maxWindow,
                linkMemory,
                opensPerSecond,
                controlsPerSecond,
                ping,
                deadAfter);
    }

    public LinkLimits withMaxWindow(int bytes) {
        return new LinkLimits(
                maxStreams,
                maxHeaders,
                bytes,
                linkMemory,
                opensPerSecond,
                controlsPerSecond,
                ping,
                deadAfter);
    }

    public LinkLimits withRates(int opens, int controls) {
        return new LinkLimits(
                maxStreams, maxHeaders, maxWindow, linkMemory, opens, controls, ping, deadAfter);
    }

    public LinkLimits withMaxStreams(int streams) {
        return new LinkLimits(
                streams,
                maxHeaders,
                maxWindow,
                linkMemory,
                opensPerSecond,
                controlsPerSecond,
                ping,
                deadAfter);
    }

    public LinkLimits withLinkMemory(int bytes) {
        return new LinkLimits(
                maxStreams,
                maxHeaders,
                maxWindow,
                bytes,
                opensPerSecond,
                controlsPerSecond,
                ping,
                deadAfter);
    }

    public LinkLimits withLiveness(Duration ping, Duration deadAfter) {
        return new LinkLimits(
                maxStreams,
                maxHeaders,
                maxWindow,
                linkMemory,
                opensPerSecond,
                controlsPerSecond,
                ping,
                deadAfter);
    }

    private static void require(boolean holds, String name) {
        if (!holds) {
            throw new IllegalArgumentException("link limit " + name + " is out of range");
        }
    }
}
