package dev.fairlead.agent.exec;

import dev.fairlead.link.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Takes the messages that come to a program apart. Parts of stdin are handed on as they come,
/// whatever the length of their message; nothing is gathered but a header and a signal's name.
final class ExecInput {

    private static final int MAX_SIGNAL = 32;

    /// What the messages mean.
    interface Sink {
        /// Owns the bytes.
        void stdin(ByteBuf bytes);

        void stdinEnd();

        void signal(String name);

        /// So many bytes were not stdin.
        void skipped(int bytes);
    }

    private final Sink sink;
    private final byte[] header = new byte[ExecMessage.HEADER];
    private int headerRead;
    private int type;
    private long left;
    private final byte[] name = new byte[MAX_SIGNAL];
    private int nameRead;

    ExecInput(Sink sink) {
        this.sink = sink;
    }

    /// Whether the last message is complete.
    boolean isComplete() {
        return headerRead == 0 && left == 0;
    }

    /// Reads all of `in`, whose reference stays the caller's.
    ///
    /// @throws ProtocolException where a message is not one that a program gets
    void feed(ByteBuf in) {
        int skipped = 0;
        try {
            while (in.isReadable()) {
                if (left == 0) {
                    skipped++;
                    header(in.readByte());
                } else if (type == ExecMessage.STDIN) {
                    sink.stdin(in.readRetainedSlice(part(in)));
                } else {
                    skipped += name(in);
                }
            }
        } finally {
            sink.skipped(skipped);
        }
    }

    private void header(byte next) {
        header[headerRead++] = next;
        if (headerRead == ExecMessage.HEADER) {
            headerRead = 0;
            begin();
        }
    }

    private int name(ByteBuf in) {
        int n = part(in);
        in.readBytes(name, nameRead, n);
        nameRead += n;
        if (left == 0) {
            sink.signal(new String(name, 0, nameRead, StandardCharsets.US_ASCII));
        }
        return n;
    }

    private int part(ByteBuf in) {
        int n = (int) Math.min(left, in.readableBytes());
        left -= n;
        return n;
    }

    private void begin() {
        type = header[0];
        left =
                (header[1] & 0xFFL) << 24
                        | (header[2] & 0xFF) << 16
                        | (header[3] & 0xFF) << 8
                        | (header[4] & 0xFF);
        nameRead = 0;
        switch (type) {
            case ExecMessage.STDIN -> {}
            case ExecMessage.SIGNAL -> {
                if (left == 0 || left > MAX_SIGNAL) {
                    throw new ProtocolException("the name of a signal has " + left + " bytes");
                }
            }
            case ExecMessage.STDIN_END -> {
                if (left != 0) {
                    throw new ProtocolException("stdin-end has " + left + " bytes");
                }
                sink.stdinEnd();
            }
            default -> throw new ProtocolException("a program gets no message of type " + type);
        }
    }
}
