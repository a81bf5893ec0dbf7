package dev.fairlead.link;

import org.jspecify.annotations.Nullable;

/// The frames of a link; payloads and rules are in `docs/protocol.md`, section Frames.
enum FrameType {
    /// Headers. Opens a stream.
    OPEN(0x01),
    /// Headers. The stream is served.
    ACCEPT(0x02),
    /// u16 cause, text. The stream is not served; nothing was done.
    REFUSE(0x03),
    /// Bytes of the stream.
    DATA(0x04),
    /// u64 offset consumed, u32 window: the other side may send up to their sum.
    WINDOW(0x05),
    /// u64 final offset: no DATA follows in this direction.
    END(0x06),
    /// u16 cause, text. Both directions are broken off.
    RESET(0x07),
    /// One datagram. Sent only on streams whose kind says so.
    DATAGRAM(0x08),
    /// u64 that PONG gives back.
    PING(0x09),
    /// The u64 of the PING.
    PONG(0x0A),
    /// u16 cause, u32 milliseconds to wait before dialling again, text. No new streams.
    GOAWAY(0x0B),
    /// Reserved for a later version.
    RESUME(0x0C);

    /// Types from here on are skipped by whoever does not know them; lower unknown ones break the
    /// link.
    static final int FIRST_OPTIONAL = 0x80;

    private static final @Nullable FrameType[] BY_CODE = new FrameType[0x0D];

    static {
        for (var type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;

    FrameType(int code) {
        this.code = code;
    }

    static @Nullable FrameType ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /// True for the frames that belong to the link and not to one of its streams.
    boolean ofLink() {
        return this == PING || this == PONG || this == GOAWAY;
    }
}
