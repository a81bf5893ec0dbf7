package dev.fairlead.link.ws;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The rules of RFC 6455 sections 5 and 7 that a peer can break, each broken once, with the close
/// code that the RFC names; and frames by hand, right and wrong, to break them with. Serves the
/// tests of both sides: a client that breaks them at a hub, and a server that breaks them at a
/// dialer.
public final class Rfc6455 {

    public static final int CONTINUATION = 0x0;
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;

    public static final int FIN = 0x80;

    /// The longest frame of a link (`docs/protocol.md`, Limits).
    private static final long MAX_FRAME = 1 << 20;

    private Rfc6455() {}

    /// Who breaks a rule: clients mask, servers do not.
    public enum Breaker {
        CLIENT,
        SERVER;

        boolean masks() {
            return this == CLIENT;
        }
    }

    /// @param section of the RFC
    /// @param code that answers it
    /// @param bytes that break it; nothing before them does
    public record Rule(String section, String what, int code, byte[] bytes) {
        @Override
        public String toString() {
            return section + " " + what;
        }
    }

    /// A frame that came.
    public record Frame(int opcode, boolean fin, boolean masked, byte[] payload) {

        /// The code of a close frame.
        public int closeCode() {
            if (opcode != CLOSE || payload.length < 2) {
                throw new AssertionError("not a close frame with a code: " + this);
            }
            return (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        }
    }

    /// The close codes that a peer may send (7.4, and IANA's registry since).
    public static List<Integer> codesThatMayBeSent() {
        return List.of(
                1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
                4000, 4999);
    }

    public static List<Rule> broken(Breaker by) {
        var all = new ArrayList<Rule>();
        byte[] x = {'x'};
        all.add(
                new Rule(
                        "5.1",
                        by.masks() ? "a client does not mask" : "a server masks",
                        1002,
                        raw(!by.masks(), FIN | BINARY, 1, x)));
        for (int bit = 1; bit <= 3; bit++) {
            var set = frame(by, FIN | BINARY | 0x80 >> bit, x);
            all.add(new Rule("5.2", "RSV" + bit + " without an extension", 1002, set));
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            var reserved = frame(by, FIN | opcode, x);
            all.add(new Rule("5.2", "reserved opcode " + opcode, 1002, reserved));
        }
        all.add(
                new Rule(
                        "5.2",
                        "125 bytes with a 16-bit length",
                        1002,
                        raw(by.masks(), FIN | BINARY, 125, 2, new byte[125])));
        all.add(
                new Rule(
                        "5.2",
                        "65,535 bytes with a 64-bit length",
                        1002,
                        raw(by.masks(), FIN | BINARY, 65_535, 8, new byte[0])));
        all.add(
                new Rule(
                        "5.2",
                        "a 64-bit length with its highest bit",
                        1002,
                        raw(by.masks(), FIN | BINARY, Long.MIN_VALUE, 8, new byte[0])));
        all.add(
                new Rule(
                        "5.4",
                        "a continuation of nothing",
                        1002,
                        frame(by, FIN | CONTINUATION, x)));
        all.add(
                new Rule(
                        "5.4",
                        "a continuation behind a whole message",
                        1002,
                        join(frame(by, FIN | BINARY), frame(by, FIN | CONTINUATION, x))));
        all.add(
                new Rule(
                        "5.4",
                        "a message inside another",
                        1002,
                        join(frame(by, BINARY), frame(by, FIN | BINARY, x))));
        all.add(
                new Rule(
                        "5.4",
                        "a message inside another, behind a ping",
                        1002,
                        join(frame(by, BINARY), frame(by, FIN | PONG), frame(by, BINARY, x))));
        for (int opcode : new int[] {CLOSE, PING, PONG}) {
            String name = opcode == CLOSE ? "close" : opcode == PING ? "ping" : "pong";
            all.add(new Rule("5.5", "a " + name + " in fragments", 1002, frame(by, opcode)));
            all.add(
                    new Rule(
                            "5.5",
                            "a " + name + " of 126 bytes",
                            1002,
                            frame(by, FIN | opcode, new byte[126])));
        }
        all.add(
                new Rule(
                        "5.5.1",
                        "a close frame of one byte",
                        1002,
                        frame(by, FIN | CLOSE, new byte[] {3})));
        for (int reason : new int[] {0x80, 0xC3, 0xFF}) {
            all.add(
                    new Rule(
                            "5.5.1",
                            "a close reason that is not UTF-8: " + Integer.toHexString(reason),
                            1007,
                            frame(by, FIN | CLOSE, new byte[] {3, (byte) 0xE8, (byte) reason})));
        }
        // Section 5.6 allows text; a link has none, and 7.4.1 names the code for such an endpoint.
        all.add(new Rule("5.6, 7.4.1", "text", 1003, frame(by, FIN | TEXT, x)));
        all.add(new Rule("5.6, 7.4.1", "text in fragments", 1003, frame(by, TEXT, x)));
        for (int code : new int[] {1004, 1005, 1006, 1015}) {
            all.add(new Rule("7.4.1", "close code " + code, 1002, close(by, code)));
        }
        for (int code : new int[] {0, 999, 1016, 1100, 2000, 2999, 5000, 65_535}) {
            all.add(new Rule("7.4.2", "close code " + code, 1002, close(by, code)));
        }
        all.add(
                new Rule(
                        "7.4.1, 10.4",
                        "a frame above the limit",
                        1009,
                        raw(by.masks(), FIN | BINARY, MAX_FRAME + 1, 8, new byte[0])));
        return all;
    }

    public static byte[] close(Breaker by, int code) {
        return frame(by, FIN | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /// A frame with its length in the shortest form.
    ///
    /// @param first FIN, the reserved bits and the opcode
    public static byte[] frame(Breaker by, int first, byte... payload) {
        return raw(by.masks(), first, payload.length, payload);
    }

    private static byte[] raw(boolean masked, int first, long length, byte[] payload) {
        return raw(masked, first, length, length < 126 ? 0 : length < 65_536 ? 2 : 8, payload);
    }

    /// A frame that says of itself what it likes.
    ///
    /// @param lengthBytes how many bytes follow the second: 0, 2 or 8
    private static byte[] raw(
            boolean masked, int first, long length, int lengthBytes, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.write(first);
        out.write(
                (masked ? 0x80 : 0)
                        | (lengthBytes == 0 ? (int) length : lengthBytes == 2 ? 126 : 127));
        for (int i = lengthBytes - 1; i >= 0; i--) {
            out.write((int) (length >> 8 * i));
        }
        byte[] key = new byte[4];
        if (masked) {
            new Random(length).nextBytes(key);
            out.writeBytes(key);
        }
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ key[i & 3]);
        }
        return out.toByteArray();
    }

    public static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /// Reads the next frame, unmasked.
    ///
    /// @throws java.io.EOFException where the connection has ended in order
    public static Frame read(InputStream from) throws IOException {
        var in = new DataInputStream(from);
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        int length = second & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        boolean masked = (second & 0x80) != 0;
        byte[] key = new byte[4];
        if (masked) {
            in.readFully(key);
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        for (int i = 0; i < length; i++) {
            payload[i] ^= key[i & 3];
        }
        if ((first & 0x70) != 0) {
            throw new AssertionError("a reserved bit in a frame of ours: " + first);
        }
        return new Frame(first & 0x0F, (first & FIN) != 0, masked, payload);
    }
}
