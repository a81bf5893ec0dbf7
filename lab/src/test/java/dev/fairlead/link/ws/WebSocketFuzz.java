package dev.fairlead.link.ws;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The WebSocket codec, both roles: payload, pongs and close codes are those of a plain reading of
/// RFC 6455, whatever the pieces in which the bytes come; and what is written is read again.
public final class WebSocketFuzz {

    private static final int MAX = 1 << 20;

    private WebSocketFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var in = new Input(input);
        var role = in.next() % 2 == 0 ? WebSocketFrames.Role.SERVER : WebSocketFrames.Role.CLIENT;
        int seed = in.next();
        byte[] bytes = in.rest();
        var expected = plainly(role, bytes);
        Input.withoutLeak(alloc -> {
            var found = decode(alloc, role, List.of(bytes));
            require(expected.equals(found), "whole: " + found + ", not " + expected);
        });
        Input.withoutLeak(alloc -> {
            var found = decode(alloc, role, new Input(bytes).pieces(seed));
            require(expected.equals(found), "in pieces: " + found + ", not " + expected);
        });
        Input.withoutLeak(alloc -> writtenIsRead(alloc, seed, new Input(bytes)));
    }

    private static List<String> decode(
            ByteBufAllocator alloc, WebSocketFrames.Role role, List<byte[]> pieces) {
        var channel = channel(alloc, role);
        for (byte[] piece : pieces) {
            if (channel.isOpen()) {
                channel.writeInbound(Input.buffer(alloc, piece));
            }
        }
        var found = new ArrayList<String>();
        var payload = new ByteArrayOutputStream();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            payload.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        found.add(ByteBufUtil.hexDump(payload.toByteArray()));
        try {
            var out = new ByteArrayInputStream(outbound(channel));
            while (out.available() > 0) {
                var frame = Rfc6455.read(out);
                require(frame.masked() == (role == WebSocketFrames.Role.CLIENT), "masked");
                found.add(
                        frame.opcode() == Rfc6455.CLOSE
                                ? "close " + frame.closeCode()
                                : frame.opcode() + " " + ByteBufUtil.hexDump(frame.payload()));
            }
        } catch (IOException e) {
            throw new AssertionError("what comes out is cut short", e);
        }
        channel.finishAndReleaseAll();
        return found;
    }

    private static EmbeddedChannel channel(ByteBufAllocator alloc, WebSocketFrames.Role role) {
        var channel = new EmbeddedChannel();
        channel.config().setAllocator(alloc);
        channel.freezeTime();
        channel.pipeline().addLast(new WebSocketFrames(role));
        return channel;
    }

    private static byte[] outbound(EmbeddedChannel channel) {
        var bytes = new ByteArrayOutputStream();
        if (channel.isOpen()) {
            channel.flushOutbound();
        }
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            bytes.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        return bytes.toByteArray();
    }

    /// In all the shapes in which a link writes: with and without room in front, shared, read-only,
    /// in two parts.
    private static void writtenIsRead(ByteBufAllocator alloc, int seed, Input in) {
        var client = channel(alloc, WebSocketFrames.Role.CLIENT);
        var sent = new ByteArrayOutputStream();
        int shape = seed;
        for (byte[] piece : in.pieces(255 - seed)) {
            sent.writeBytes(piece);
            client.write(shaped(alloc, shape++, piece));
        }
        var server = channel(alloc, WebSocketFrames.Role.SERVER);
        server.writeInbound(Input.buffer(alloc, outbound(client)));
        var received = new ByteArrayOutputStream();
        for (ByteBuf part = server.readInbound(); part != null; part = server.readInbound()) {
            received.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        require(
                java.util.Arrays.equals(sent.toByteArray(), received.toByteArray()),
                "what is written is read");
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    private static Object shaped(ByteBufAllocator alloc, int shape, byte[] piece) {
        return switch (shape % 4) {
            case 0 -> Input.buffer(alloc, piece);
            case 1 -> Input.buffer(alloc, piece).asReadOnly();
            case 2 -> alloc.directBuffer(24 + piece.length).setIndex(24, 24).writeBytes(piece);
            default -> {
                int cut = piece.length / 3;
                yield new Gathered(
                        alloc.directBuffer(16 + piece.length)
                                .setIndex(16, 16)
                                .writeBytes(piece, 0, cut),
                        alloc.heapBuffer(piece.length + 1)
                                .writeBytes(piece, cut, piece.length - cut));
            }
        };
    }

    /// What an endpoint must do with these bytes, in words.
    private static List<String> plainly(WebSocketFrames.Role role, byte[] bytes) {
        var payload = new ByteArrayOutputStream();
        var answers = new ArrayList<String>();
        var in = ByteBuffer.wrap(bytes);
        boolean inMessage = false;
        while (in.hasRemaining()) {
            int first = in.get() & 0xFF;
            if (!in.hasRemaining()) {
                break;
            }
            int second = in.get() & 0xFF;
            boolean masked = (second & 0x80) != 0;
            if (masked != (role == WebSocketFrames.Role.SERVER)) {
                answers.add("close 1002");
                break;
            }
            int shortLength = second & 0x7F;
            int more = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
            if (in.remaining() < more + (masked ? 4 : 0)) {
                break;
            }
            long length =
                    more == 2 ? in.getShort() & 0xFFFF : more == 8 ? in.getLong() : shortLength;
            byte[] key = new byte[4];
            if (masked) {
                in.get(key);
            }
            int opcode = first & 0x0F;
            boolean fin = (first & 0x80) != 0;
            boolean isControl = opcode >= 8;
            if ((first & 0x70) != 0
                    || more == 2 && length < 126
                    || more == 8 && (length < 65_536)
                    || opcode > 2 && opcode != 8 && opcode != 9 && opcode != 10
                    || isControl && (!fin || length > 125)
                    || opcode == 0 && !inMessage
                    || opcode == 2 && inMessage) {
                answers.add("close 1002");
                break;
            }
            if (opcode == 1) {
                answers.add("close 1003");
                break;
            }
            if (length > MAX) {
                answers.add("close 1009");
                break;
            }
            if (!isControl) {
                inMessage = !fin;
            }
            byte[] body = new byte[(int) Math.min(length, in.remaining())];
            in.get(body);
            for (int i = 0; i < body.length; i++) {
                body[i] ^= key[i & 3];
            }
            if (!isControl) {
                payload.writeBytes(body);
            } else if (body.length == length) {
                if (opcode == 9) {
                    answers.add("10 " + ByteBufUtil.hexDump(body));
                } else if (opcode == 8) {
                    answers.add("close " + answerTo(body));
                    break;
                }
            }
        }
        var all = new ArrayList<>(List.of(ByteBufUtil.hexDump(payload.toByteArray())));
        all.addAll(answers);
        return all;
    }

    private static int answerTo(byte[] close) {
        if (close.length == 0) {
            return 1000;
        }
        if (close.length == 1) {
            return 1002;
        }
        int code = (close[0] & 0xFF) << 8 | (close[1] & 0xFF);
        boolean mayBeSent =
                Rfc6455.codesThatMayBeSent().contains(code) || code >= 3000 && code <= 4999;
        if (!mayBeSent) {
            return 1002;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(close, 2, close.length - 2));
            return code;
        } catch (CharacterCodingException e) {
            return 1007;
        }
    }
}
