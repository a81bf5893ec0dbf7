package dev.fairlead.link;

import dev.fairlead.link.ws.Gathered;
import dev.fairlead.link.ws.Masked;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/// Writes DATA frames without copying their bytes: the header goes into free space in front of them
/// where there is some that nobody else reads, else into a small buffer of its own.
final class DataFrames {

    /// Below this length a copy is cheaper than a second buffer.
    private static final int COPY_BELOW = 512;

    private DataFrames() {}

    /// Whether bytes of somebody who keeps them can be sent without a copy: where the space in
    /// front of them is nobody else's.
    static boolean canLend(ByteBuf bytes) {
        return bytes.readerIndex() >= Frames.HEADROOM + FrameDecoder.HEADER
                && bytes.refCnt() == 1
                && !bytes.isReadOnly()
                && bytes.readableBytes() >= COPY_BELOW
                && bytes.readableBytes() <= LinkLimits.MAX_DATA;
    }

    /// Sends bytes that were masked in the place where somebody keeps them, and takes them over.
    static void writeLent(Channel channel, int stream, ByteBuf bytes, int key) {
        int at = bytes.readerIndex() - FrameDecoder.HEADER;
        Frames.header(bytes, at, FrameType.DATA, bytes.readableBytes(), stream);
        channel.write(new Masked(bytes.readerIndex(at), FrameDecoder.HEADER, key));
    }

    /// Sends `bytes`, at most [LinkLimits#MAX_DATA] of them, and takes them over.
    static void write(Channel channel, int stream, ByteBuf bytes) {
        int length = bytes.readableBytes();
        int room = bytes.readerIndex();
        if (room >= Frames.HEADROOM + FrameDecoder.HEADER
                && bytes.refCnt() == 1
                && !bytes.isReadOnly()) {
            Frames.header(bytes, room - FrameDecoder.HEADER, FrameType.DATA, length, stream);
            channel.write(bytes.readerIndex(room - FrameDecoder.HEADER));
            return;
        }
        boolean copied = length < COPY_BELOW;
        var head =
                channel.alloc()
                        .ioBuffer(Frames.HEADROOM + FrameDecoder.HEADER + (copied ? length : 0));
        Frames.header(head, Frames.HEADROOM, FrameType.DATA, length, stream);
        head.setIndex(Frames.HEADROOM, Frames.HEADROOM + FrameDecoder.HEADER);
        if (copied) {
            head.writeBytes(bytes);
            bytes.release();
            channel.write(head);
        } else {
            channel.write(new Gathered(head, bytes));
        }
    }
}
