package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Buffers to read a spliced socket into: free space in front, into which the headers of mux and
/// WebSocket are written later, and at most as many bytes as fit one DATA frame.
///
/// The length follows the traffic, so that a terminal does not hold 64 KiB per keystroke: four
/// times as long after a read that filled the buffer, half as long after two reads that would have
/// fitted into half of it.
public final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    /// Bytes in front of what is read: the WebSocket header of so long a frame, and the mux header.
    public static final int HEADROOM = 16;

    /// The most bytes of one read: with both headers, 65,536 bytes at most, which is four whole TLS
    /// records. The buffer is not longer either: an allocator that rounds up to powers of two would
    /// take twice as much.
    public static final int MAX = 65_520;

    /// Reads in one round of the loop: so many go out by one flush. More would make others wait.
    private static final int READS = 4;

    private static final int MIN = 1_024;
    private static final int FIRST = 4_096;

    public ReadBuffers() {
        super(READS);
    }

    @Override
    public Handle newHandle() {
        return new Sized();
    }

    private final class Sized extends MaxMessageHandle {

        private int size = FIRST;
        private boolean smallBefore;

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            return alloc.ioBuffer(HEADROOM + size).setIndex(HEADROOM, HEADROOM);
        }

        @Override
        public int guess() {
            return size;
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            if (bytes >= size) {
                size = Math.min(size * 4, MAX);
                smallBefore = false;
            } else if (bytes > size / 2) {
                smallBefore = false;
            } else if (smallBefore) {
                size = Math.max(size / 2, MIN);
                smallBefore = false;
            } else if (bytes > 0) {
                smallBefore = true;
            }
        }
    }
}
