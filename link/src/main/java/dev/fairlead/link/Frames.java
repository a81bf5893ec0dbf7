package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/// Writes frames. Every buffer leaves room in front for the WebSocket header.
final class Frames {

    /// Bytes that are left free in front of a frame, so that the WebSocket header is written in
    /// place: that of a client's frame of less than 64 KiB (RFC 6455 section 5.2).
    static final int HEADROOM = 8;

    /// The most characters of a message for a person; longer ones are cut.
    private static final int MAX_TEXT = 500;

    private Frames() {}

    static ByteBuf headers(ByteBufAllocator alloc, FrameType type, int stream, Headers headers) {
        int length = headers.encodedLength();
        var frame = begin(alloc, type, stream, length);
        headers.encode(frame);
        return frame;
    }

    static ByteBuf u64(ByteBufAllocator alloc, FrameType type, int stream, long value) {
        return begin(alloc, type, stream, 8).writeLong(value);
    }

    static ByteBuf window(ByteBufAllocator alloc, int stream, long consumed, int window) {
        return begin(alloc, FrameType.WINDOW, stream, 12).writeLong(consumed).writeInt(window);
    }

    static ByteBuf causeAndText(
            ByteBufAllocator alloc, FrameType type, int stream, int cause, String text) {
        String cut = cut(text);
        var frame = begin(alloc, type, stream, 2 + ByteBufUtil.utf8Bytes(cut)).writeShort(cause);
        ByteBufUtil.writeUtf8(frame, cut);
        return frame;
    }

    static ByteBuf goAway(ByteBufAllocator alloc, int cause, long waitMillis, String text) {
        String cut = cut(text);
        var frame =
                begin(alloc, FrameType.GOAWAY, 0, 6 + ByteBufUtil.utf8Bytes(cut))
                        .writeShort(cause)
                        .writeInt((int) Math.min(waitMillis, 0xFFFF_FFFFL));
        ByteBufUtil.writeUtf8(frame, cut);
        return frame;
    }

    static void header(ByteBuf out, int at, FrameType type, int length, int stream) {
        out.setByte(at, type.code);
        out.setByte(at + 1, 0);
        out.setShort(at + 2, length);
        out.setInt(at + 4, stream);
    }

    private static ByteBuf begin(ByteBufAllocator alloc, FrameType type, int stream, int length) {
        var frame = alloc.ioBuffer(HEADROOM + FrameDecoder.HEADER + length);
        header(frame, HEADROOM, type, length, stream);
        return frame.setIndex(HEADROOM, HEADROOM + FrameDecoder.HEADER);
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1));
        return text.substring(0, splitsPair ? MAX_TEXT - 1 : MAX_TEXT);
    }
}
