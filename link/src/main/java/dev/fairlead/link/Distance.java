package dev.fairlead.link;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How far the two ends of a stream are from each other: the round trips of the links that carry
/// it.
///
/// Each dialer knows its own link's, by PING; it tells it in OPEN or in ACCEPT, and a hub that
/// joins two streams passes it on. A hint only: it keeps windows small where streams are slow
/// because they are many, which a stream that measures by itself cannot tell from being far away.
/// What is not a number is no hint.
final class Distance {

    /// Microseconds, 1 to 8 digits.
    private static final String HEADER = "rtt-us";

    private static final int DIGITS = 8;

    /// What both processes and the target take on top of it.
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(1);

    private Distance() {}

    /// What an OPEN or ACCEPT says when the link's round trip is known.
    ///
    /// @param nanos negative: it is not
    static Headers tell(Headers headers, long nanos) {
        long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos));
        return nanos < 0 ? headers : headers.with(HEADER, Long.toString(micros));
    }

    /// Passes on what the other end has told, for a hub.
    static Headers pass(Headers from, Headers to) {
        long nanos = read(from);
        return nanos < 0 ? to : tell(to, nanos);
    }

    /// The round trip from end to end, at most.
    ///
    /// @param own nanoseconds of the link that brought the headers; negative: not known
    /// @return nanoseconds; negative: not known
    static long of(Headers told, long own) {
        long far = read(told);
        return own < 0 || far < 0 ? -1 : own + far + SLACK;
    }

    private static long read(Headers headers) {
        byte @Nullable [] value = headers.bytes(HEADER);
        if (value == null || value.length == 0 || value.length > DIGITS) {
            return -1;
        }
        long micros = 0;
        for (byte digit : value) {
            if (digit < '0' || digit > '9') {
                return -1;
            }
            micros = micros * 10 + (digit - '0');
        }
        return TimeUnit.MICROSECONDS.toNanos(micros);
    }
}
