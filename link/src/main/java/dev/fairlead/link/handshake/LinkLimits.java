package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import java.time.Duration;

/// What the hub sets for both sides of a link.
///
/// @param window bytes that each side may send on a new stream before it gets credit
/// @param streams open streams that each side may have opened at a time
/// @param headerBytes the longest header map of a frame
/// @param ping how long a link may be silent before a side asks whether the other is there
public record LinkLimits(int window, int streams, int headerBytes, Duration ping) {

    public static final LinkLimits DEFAULT =
            new LinkLimits(1024 * 1024, 1024, 16 * 1024, Duration.ofSeconds(10));

    private static final int MAX_WINDOW = 8 * 1024 * 1024;
    private static final int MAX_STREAMS = 65_536;
    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final Duration MIN_PING = Duration.ofMillis(100);
    private static final Duration MAX_PING = Duration.ofSeconds(15);

    Headers addTo(Headers headers) {
        return headers.with("window", Integer.toString(window))
                .with("streams", Integer.toString(streams))
                .with("header-bytes", Integer.toString(headerBytes))
                .with("ping-ms", Long.toString(ping.toMillis()));
    }

    static LinkLimits of(Headers headers) {
        return new LinkLimits(
                (int) Fields.number(headers, "window", 16 * 1024, MAX_WINDOW),
                (int) Fields.number(headers, "streams", 1, MAX_STREAMS),
                (int) Fields.number(headers, "header-bytes", 1024, MAX_HEADER_BYTES),
                Fields.millis(headers, "ping-ms", MIN_PING, MAX_PING));
    }
}
