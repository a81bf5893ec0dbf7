package dev.fairlead.link;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Frames: what the decoder finds does not depend on the pieces in which the bytes come, and is
/// what a reader finds that has all of them before it.
public final class FrameDecoderFuzz {

    private static final int MAX = 1_024;

    private FrameDecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var in = new Input(input);
        int seed = in.next();
        byte[] bytes = in.rest();
        var expected = plainly(bytes);
        Input.withoutLeak(alloc ->
                require(
                        expected.equals(decode(alloc, List.of(bytes))),
                        "whole: not as a plain reader"));
        Input.withoutLeak(alloc ->
                require(
                        expected.equals(decode(alloc, new Input(bytes).pieces(seed))),
                        "in pieces: not as a plain reader"));
    }

    private static List<String> decode(ByteBufAllocator alloc, List<byte[]> pieces) {
        var found = new Found();
        var decoder = new FrameDecoder(MAX, found);
        try {
            for (byte[] piece : pieces) {
                var buffer = Input.buffer(alloc, piece);
                try {
                    decoder.feed(buffer);
                } finally {
                    buffer.release();
                }
            }
        } catch (ProtocolException e) {
            found.broken();
        } finally {
            decoder.close();
        }
        return found.list();
    }

    /// Frames in words; the slices of DATA joined, since their borders mean nothing.
    private static final class Found implements FrameDecoder.Sink {
        private final List<String> list = new ArrayList<>();
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private int stream;

        @Override
        public void data(int of, ByteBuf bytes) {
            if (of != stream) {
                flush();
                stream = of;
            }
            data.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
        }

        @Override
        public void frame(FrameType type, int of, ByteBuf payload) {
            flush();
            list.add(type + " " + of + " " + ByteBufUtil.hexDump(payload));
        }

        void broken() {
            flush();
            list.add("broken");
        }

        private void flush() {
            if (data.size() > 0) {
                list.add("data " + stream + " " + ByteBufUtil.hexDump(data.toByteArray()));
                data.reset();
            }
        }

        List<String> list() {
            flush();
            return list;
        }
    }

    /// `docs/protocol.md`, section Frames, without regard to memory.
    private static List<String> plainly(byte[] bytes) {
        var found = new Found();
        var in = ByteBuffer.wrap(bytes);
        while (in.remaining() >= 8) {
            int code = in.get() & 0xFF;
            in.get();
            int length = in.getShort() & 0xFFFF;
            int stream = in.getInt();
            boolean known = code >= 1 && code <= 12;
            boolean ofLink = code >= 9 && code <= 11;
            if (!known && code < 0x80
                    || code != 4 && length > MAX
                    || code == 4 && length > LinkLimits.MAX_DATA
                    || known && ofLink != (stream == 0)) {
                found.broken();
                return found.list();
            }
            byte[] payload = new byte[Math.min(length, in.remaining())];
            in.get(payload);
            var buffer = io.netty.buffer.Unpooled.wrappedBuffer(payload);
            if (code == 4) {
                // Of a frame without bytes nobody hears.
                if (payload.length > 0) {
                    found.data(stream, buffer);
                }
            } else if (known && payload.length == length) {
                found.frame(
                        java.util.Objects.requireNonNull(FrameType.ofCode(code)), stream, buffer);
            }
        }
        return found.list();
    }
}
