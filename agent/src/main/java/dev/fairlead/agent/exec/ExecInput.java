package dev.fairlead.agent.exec;

import dev.fairlead.link.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Takes the messages that come to a program apart. Parts of stdin are handed on as they come,
/// whatever the length of their message; nothing is gathered but a header, a signal's name and a
/// window's size.
final class ExecInput {

    private static final int MAX_SIGNAL = 32;
    private static final int SIZE = 4;

    /// What the messages mean.
    interface Sink {
        /// Owns the bytes.
        void stdin(ByteBuf bytes);

        void stdinEnd();

        void signal(String name);

        void resize(int columns, int rows);

        /// So many bytes were not stdin.
        void skipped(int bytes);
    }

    private final Sink sink;
    private final byte[] header = new byte[ExecMessage.HEADER];
    private int headerRead;
    private int type;
    private long left;
    private final byte[] gathered = new byte[MAX_SIGNAL];
    private int gatheredBytes;

    ExecInput(Sink sink) {
        this.sink = sink;
    }

    /// Forgets a message that has begun: what comes next begins another one.
    void afresh() {
        headerRead = 0;
        left = 0;
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
                    skipped += whole(in);
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

    /// A part of a message that means something only when it is complete.
    private int whole(ByteBuf in) {
        int n = part(in);
        in.readBytes(gathered, gatheredBytes, n);
        gatheredBytes += n;
        if (left == 0) {
            if (type == ExecMessage.SIGNAL) {
                sink.signal(new String(gathered, 0, gatheredBytes, StandardCharsets.US_ASCII));
            } else {
                sink.resize(number(0), number(2));
            }
        }
        return n;
    }

    private int number(int at) {
        return (gathered[at] & 0xFF) << 8 | (gathered[at + 1] & 0xFF);
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
        gatheredBytes = 0;
        switch (type) {
            case ExecMessage.STDIN -> {}
            case ExecMessage.SIGNAL -> {
                if (left == 0 || left > MAX_SIGNAL) {
                    throw new ProtocolException("the name of a signal has " + left + " bytes");
                }
            }
            case ExecMessage.RESIZE -> {
                if (left != SIZE) {
                    throw new ProtocolException("the size of a terminal has " + left + " bytes");
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
