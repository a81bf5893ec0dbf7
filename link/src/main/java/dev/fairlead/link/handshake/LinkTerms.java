package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.ProtocolException;
import java.time.Duration;

/// What the hub tells the dialer of its own [LinkLimits], so that a dialer that keeps to them is
/// never cut off.
///
/// @param streams streams that the dialer may have open at once
/// @param headerBytes bytes of the headers of one frame
/// @param ping how often the dialer asks for a sign of life
/// @param deadAfter without a byte for so long, the other side counts as dead
public record LinkTerms(int streams, int headerBytes, Duration ping, Duration deadAfter) {

    private static final Duration MIN_TIME = Duration.ofMillis(10);
    private static final Duration MAX_TIME = Duration.ofSeconds(60);

    /// What a hub with these limits offers.
    public static LinkTerms of(LinkLimits limits) {
        return new LinkTerms(
                limits.maxStreams(), limits.maxHeaders(), limits.ping(), limits.deadAfter());
    }

    /// The dialer's own limits, alive at the hub's pace.
    public LinkLimits applyTo(LinkLimits own) {
        return own.withLiveness(ping, deadAfter);
    }

    Headers addTo(Headers headers) {
        return headers.with("streams", Integer.toString(streams))
                .with("header-bytes", Integer.toString(headerBytes))
                .with("ping-ms", Long.toString(ping.toMillis()))
                .with("dead-ms", Long.toString(deadAfter.toMillis()));
    }

    static LinkTerms of(Headers headers) {
        var terms =
                new LinkTerms(
                        (int) Fields.number(headers, "streams", 1, 65_536),
                        (int) Fields.number(headers, "header-bytes", 1_024, 65_535),
                        Fields.millis(headers, "ping-ms", MIN_TIME, MAX_TIME),
                        Fields.millis(headers, "dead-ms", MIN_TIME, MAX_TIME));
        if (terms.deadAfter().compareTo(terms.ping()) <= 0) {
            throw new ProtocolException("header dead-ms must be more than ping-ms");
        }
        return terms;
    }
}
