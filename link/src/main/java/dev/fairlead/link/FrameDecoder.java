package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// Cuts the byte stream of a link into frames, without ever copying or gathering the bytes of DATA:
/// those are handed on slice by slice as they come. Other frames are small and gathered whole.
///
/// The caller keeps ownership of what it feeds in; slices handed out are retained for the receiver.
final class FrameDecoder {

    static final int HEADER = 8;

    /// Where frames go. Called synchronously from [#feed].
    interface Sink {

        /// A part of a DATA frame's payload; the receiver owns `bytes`. Several calls may carry one
        /// frame.
        void data(int stream, ByteBuf bytes);

        /// Any other frame of a known type. `payload` is only valid during the call.
        void frame(FrameType type, int stream, ByteBuf payload);
    }

    private final Sink sink;
    private final int maxPayload;
    private final ByteBuf header = Unpooled.buffer(HEADER, HEADER);
    private @Nullable ByteBuf gathered;

    private boolean inFrame;
    private @Nullable FrameType type;
    private int stream;
    private int left;

    /// @param maxPayload the most bytes that a frame other than DATA may carry
    FrameDecoder(int maxPayload, Sink sink) {
        this.maxPayload = maxPayload;
        this.sink = sink;
    }

    /// Takes all readable bytes of `in`.
    ///
    /// @throws ProtocolException where a frame breaks a rule; the decoder must not be used
    ///   afterwards
    void feed(ByteBuf in) {
        while (in.isReadable()) {
            if (!inFrame && !readHeader(in)) {
                return;
            }
            readPayload(in);
        }
    }

    /// Frees what was gathered of an unfinished frame.
    void close() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    private boolean readHeader(ByteBuf in) {
        int type;
        int length;
        if (!header.isReadable() && in.readableBytes() >= HEADER) {
            type = in.readUnsignedByte();
            in.skipBytes(1);
            length = in.readUnsignedShort();
            stream = in.readInt();
        } else {
            in.readBytes(header, Math.min(in.readableBytes(), header.writableBytes()));
            if (header.isWritable()) {
                return false;
            }
            type = header.readUnsignedByte();
            header.skipBytes(1);
            length = header.readUnsignedShort();
            stream = header.readInt();
            header.clear();
        }
        begin(type, length);
        if (left == 0) {
            finish(Unpooled.EMPTY_BUFFER);
        }
        return true;
    }

    private void begin(int code, int length) {
        type = FrameType.ofCode(code);
        if (type == null && code < FrameType.FIRST_OPTIONAL) {
            throw new ProtocolException("frame type " + code + " is not known");
        }
        int most = type == FrameType.DATA ? LinkLimits.MAX_DATA : maxPayload;
        if (length > most) {
            throw new ProtocolException(
                    "a frame of type " + code + " has " + length + " bytes, more than " + most);
        }
        if (type != null && type.ofLink() != (stream == 0)) {
            throw new ProtocolException(
                    "frame " + type + " on stream " + Integer.toUnsignedString(stream));
        }
        left = length;
        inFrame = true;
    }

    private void readPayload(ByteBuf in) {
        if (left == 0 || !in.isReadable()) {
            return;
        }
        int n = Math.min(left, in.readableBytes());
        if (type == FrameType.DATA) {
            left -= n;
            inFrame = left > 0;
            sink.data(stream, in.readRetainedSlice(n));
        } else if (type == null) {
            left -= n;
            inFrame = left > 0;
            in.skipBytes(n);
        } else if (gathered == null && n == left) {
            finish(in.readSlice(n));
        } else {
            if (gathered == null) {
                gathered = in.alloc().heapBuffer(left, left);
            }
            gathered.writeBytes(in, n);
            left -= n;
            if (left == 0) {
                var payload = gathered;
                gathered = null;
                try {
                    finish(payload);
                } finally {
                    payload.release();
                }
            }
        }
    }

    private void finish(ByteBuf payload) {
        inFrame = false;
        left = 0;
        var finished = type;
        if (finished != null && finished != FrameType.DATA) {
            sink.frame(finished, stream, payload);
        }
    }
}
