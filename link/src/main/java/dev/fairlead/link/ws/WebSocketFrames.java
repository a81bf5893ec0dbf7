package dev.fairlead.link.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a connection after its WebSocket upgrade into a stream of bytes (RFC 6455 section 5).
///
/// Inbound, the payload of binary messages is handed on as it comes, in slices of what was read: a
/// message is never gathered, and its boundaries mean nothing to a link. Outbound, every `ByteBuf`,
/// [Gathered] or [Masked] becomes one binary message, its header written into free space in front
/// of it where there is some. Masking is done in place, or where the bytes are read-only, on their
/// way into a buffer of this handler's own. A peer that breaks a rule is told by the close code
/// that the RFC names, and the connection is closed.
///
/// A connection is closed in order, as section 7.1.1 says: our close frame goes out behind all that
/// was written, what still comes is read and dropped, and TCP is closed when the peer's close frame
/// is there. A socket closed earlier, with something unread in it, is answered by RST, which takes
/// from the peer what it has not read yet: the reason why its link ends. Whoever does not play
/// along is waited for 2 s.
public final class WebSocketFrames extends ChannelDuplexHandler {

    /// Which side of RFC 6455 this is: clients mask, servers do not.
    public enum Role {
        CLIENT,
        SERVER
    }

    private static final Logger log = LoggerFactory.getLogger(WebSocketFrames.class);

    /// No frame of a link is longer; a longer one is refused before its payload is read.
    private static final long MAX_FRAME = 1 << 20;

    /// The longest header of a frame.
    private static final int MAX_HEADER = 14;

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private static final int CLOSE_NORMAL = 1000;
    private static final int CLOSE_PROTOCOL_ERROR = 1002;
    private static final int CLOSE_UNSUPPORTED_DATA = 1003;
    private static final int CLOSE_BAD_TEXT = 1007;
    private static final int CLOSE_TOO_BIG = 1009;
    private static final long CLOSE_SECONDS = 2;

    private final Role role;
    private final Masking masking = new Masking();

    private final byte[] header = new byte[MAX_HEADER];
    private int headerRead;
    private boolean inPayload;
    private int opcode;
    private long payloadLeft;
    private int payloadRead;
    private int maskKey;
    private boolean inMessage;
    private final byte[] control = new byte[125];

    private boolean closeSent;

    /// Nothing that comes from now on means anything: the peer has said good-bye or broken a rule.
    private boolean deaf;

    public WebSocketFrames(Role role) {
        this.role = role;
    }

    // Inbound.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        try {
            while (in.isReadable() && !deaf) {
                if (!inPayload) {
                    readHeader(ctx, in);
                }
                if (inPayload && (in.isReadable() || payloadLeft == 0)) {
                    readPayload(ctx, in);
                }
            }
        } catch (BadFrame e) {
            fail(ctx, e);
        } finally {
            in.release();
        }
    }

    private void readHeader(ChannelHandlerContext ctx, ByteBuf in) throws BadFrame {
        while (in.isReadable()) {
            header[headerRead++] = in.readByte();
            if (headerRead >= 2 && headerRead == headerLength()) {
                headerRead = 0;
                begin();
                return;
            }
        }
    }

    private int headerLength() throws BadFrame {
        boolean masked = (header[1] & 0x80) != 0;
        if (masked == (role == Role.CLIENT)) {
            throw new BadFrame(
                    CLOSE_PROTOCOL_ERROR, masked ? "a server must not mask" : "a client must mask");
        }
        int length = header[1] & 0x7F;
        return 2 + (length == 127 ? 8 : length == 126 ? 2 : 0) + (masked ? 4 : 0);
    }

    private void begin() throws BadFrame {
        boolean fin = (header[0] & 0x80) != 0;
        if ((header[0] & 0x70) != 0) {
            throw new BadFrame(
                    CLOSE_PROTOCOL_ERROR, "a reserved bit is set and no extension was agreed");
        }
        int length = header[1] & 0x7F;
        int at = 2;
        long payload = length;
        if (length >= 126) {
            int bytes = length == 126 ? 2 : 8;
            payload = 0;
            for (int i = 0; i < bytes; i++) {
                payload = payload << 8 | (header[at++] & 0xFF);
            }
            if (payload < 0 || payload < (length == 126 ? 126 : 65_536)) {
                throw new BadFrame(CLOSE_PROTOCOL_ERROR, "a length is not in its shortest form");
            }
        }
        maskKey =
                role == Role.SERVER
                        ? (header[at] & 0xFF) << 24
                                | (header[at + 1] & 0xFF) << 16
                                | (header[at + 2] & 0xFF) << 8
                                | (header[at + 3] & 0xFF)
                        : 0;
        opcode = header[0] & 0x0F;
        checkOpcode(fin, payload);
        if (payload > MAX_FRAME) {
            throw new BadFrame(
                    CLOSE_TOO_BIG, "a frame of " + payload + " bytes, more than " + MAX_FRAME);
        }
        payloadLeft = payload;
        payloadRead = 0;
        inPayload = true;
    }

    private void checkOpcode(boolean fin, long payload) throws BadFrame {
        switch (opcode) {
            case CONTINUATION -> {
                if (!inMessage) {
                    throw new BadFrame(CLOSE_PROTOCOL_ERROR, "a continuation of nothing");
                }
                inMessage = !fin;
            }
            case BINARY -> {
                if (inMessage) {
                    throw new BadFrame(CLOSE_PROTOCOL_ERROR, "a message inside another");
                }
                inMessage = !fin;
            }
            case TEXT -> throw new BadFrame(CLOSE_UNSUPPORTED_DATA, "a link has no text messages");
            case CLOSE, PING, PONG -> {
                if (!fin || payload > 125) {
                    throw new BadFrame(
                            CLOSE_PROTOCOL_ERROR, "a control frame is fragmented or too long");
                }
            }
            default ->
                    throw new BadFrame(CLOSE_PROTOCOL_ERROR, "opcode " + opcode + " is reserved");
        }
    }

    private void readPayload(ChannelHandlerContext ctx, ByteBuf in) throws BadFrame {
        int n = (int) Math.min(payloadLeft, in.readableBytes());
        payloadLeft -= n;
        boolean isControl = opcode >= CLOSE;
        if (n > 0) {
            var part = in.readSlice(n);
            if (role == Role.SERVER) {
                Masking.apply(part, maskKey, payloadRead);
            }
            if (isControl) {
                part.getBytes(part.readerIndex(), control, payloadRead, n);
            }
            payloadRead += n;
            inPayload = payloadLeft > 0;
            if (!isControl && !closeSent) {
                ctx.fireChannelRead(part.retain());
            }
        } else {
            inPayload = false;
        }
        if (isControl && !inPayload) {
            control(ctx);
        }
    }

    private void control(ChannelHandlerContext ctx) throws BadFrame {
        switch (opcode) {
            case PING -> {
                if (!closeSent && ctx.channel().isWritable()) {
                    sendControl(ctx, PONG, control, payloadRead);
                    ctx.flush();
                }
            }
            case CLOSE -> {
                int code = closeCode();
                deaf = true;
                if (closeSent) {
                    ctx.close();
                } else {
                    sendClose(ctx, code).addListener(sent -> ctx.close());
                }
            }
            default -> {
                // A PONG that nobody asked for is allowed and means nothing here.
            }
        }
    }

    /// The code to answer a close frame with: its own.
    private int closeCode() throws BadFrame {
        if (payloadRead == 0) {
            return CLOSE_NORMAL;
        }
        if (payloadRead == 1) {
            throw new BadFrame(CLOSE_PROTOCOL_ERROR, "a close code of one byte");
        }
        int code = (control[0] & 0xFF) << 8 | (control[1] & 0xFF);
        boolean registered =
                code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
        if (!registered && (code < 3000 || code > 4999)) {
            throw new BadFrame(CLOSE_PROTOCOL_ERROR, "close code " + code + " must not be sent");
        }
        if (!ByteBufUtil.isText(
                io.netty.buffer.Unpooled.wrappedBuffer(control, 2, payloadRead - 2),
                java.nio.charset.StandardCharsets.UTF_8)) {
            throw new BadFrame(CLOSE_BAD_TEXT, "a close reason that is not UTF-8");
        }
        return code;
    }

    private void fail(ChannelHandlerContext ctx, BadFrame bad) {
        deaf = true;
        log.debug("{}: {}", ctx.channel(), bad.getMessage());
        if (!closeSent) {
            sendClose(ctx, bad.code);
        }
    }

    // Outbound.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (closeSent) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new java.nio.channels.ClosedChannelException());
        } else if (message instanceof ByteBuf bytes) {
            writeMessage(ctx, bytes, promise);
        } else if (message instanceof Gathered gathered) {
            writeGathered(ctx, gathered, promise);
        } else if (message instanceof Masked masked) {
            writeMasked(ctx, masked, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    private void writeMessage(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        int length = bytes.readableBytes();
        if (length == 0) {
            ctx.write(bytes, promise);
            return;
        }
        int key = 0;
        if (role == Role.CLIENT) {
            key = masking.nextKey();
            if (bytes.isReadOnly()) {
                bytes = maskedCopy(ctx, null, bytes, key);
            } else {
                Masking.apply(bytes, key, 0);
            }
        }
        int headerLength = headerLength(length);
        int room = bytes.readerIndex();
        if (room >= headerLength && bytes.refCnt() == 1 && !bytes.isReadOnly()) {
            putHeader(bytes, room - headerLength, BINARY, length, key);
            ctx.write(bytes.readerIndex(room - headerLength), promise);
        } else {
            var head = ctx.alloc().ioBuffer(headerLength);
            putHeader(head, 0, BINARY, length, key);
            ctx.write(head.writerIndex(headerLength));
            ctx.write(bytes, promise);
        }
    }

    private void writeGathered(
            ChannelHandlerContext ctx, Gathered gathered, ChannelPromise promise) {
        var head = gathered.head();
        var body = gathered.body();
        int length = head.readableBytes() + body.readableBytes();
        int key = 0;
        if (role == Role.CLIENT) {
            key = masking.nextKey();
            if (body.isReadOnly()) {
                var whole = maskedCopy(ctx, head, body, key);
                int at = whole.readerIndex() - headerLength(length);
                putHeader(whole, at, BINARY, length, key);
                ctx.write(whole.readerIndex(at), promise);
                return;
            }
            Masking.apply(head, key, 0);
            Masking.apply(body, key, head.readableBytes());
        }
        int at = head.readerIndex() - headerLength(length);
        putHeader(head, at, BINARY, length, key);
        ctx.write(head.readerIndex(at));
        ctx.write(body, promise);
    }

    private void writeMasked(ChannelHandlerContext ctx, Masked masked, ChannelPromise promise) {
        var bytes = masked.bytes();
        int length = bytes.readableBytes();
        int from = bytes.readerIndex();
        Masking.apply(bytes, from, masked.clear(), masked.key(), 0);
        int at = from - headerLength(length);
        putHeader(bytes, at, BINARY, length, masked.key());
        ctx.write(bytes.readerIndex(at), promise);
    }

    /// Whether what is written is masked: on the side that has dialled.
    public boolean masks() {
        return role == Role.CLIENT;
    }

    /// Masks bytes where they lie, to be written as [Masked] later.
    ///
    /// @return the key; not 0
    public int mask(ByteBuf bytes) {
        int key = masking.nextKey();
        while (key == 0) {
            key = masking.nextKey();
        }
        Masking.apply(bytes, key, 0);
        return key;
    }

    /// A copy of what [#mask] has masked, as it was before.
    ///
    /// @param before so many of the bytes that were masked with them came before these
    public static ByteBuf unmasked(ByteBuf masked, int before, int key) {
        int length = masked.readableBytes();
        var copy = ByteBufAllocator.DEFAULT.ioBuffer(length, length);
        Masking.copy(masked, copy, key, before);
        return copy;
    }

    /// Bytes that are not this handler's alone are masked on their way into a buffer that is, with
    /// room in front for the header. Takes over what it copies.
    private ByteBuf maskedCopy(
            ChannelHandlerContext ctx, @Nullable ByteBuf head, ByteBuf body, int key) {
        int headLength = head == null ? 0 : head.readableBytes();
        int length = headLength + body.readableBytes();
        int room = headerLength(length);
        var copy = ctx.alloc().ioBuffer(room + length).setIndex(room, room);
        if (head != null) {
            Masking.copy(head, copy, key, 0);
            head.release();
        }
        Masking.copy(body, copy, key, headLength);
        body.release();
        return copy;
    }

    private int headerLength(int payload) {
        return 2 + (payload < 126 ? 0 : payload < 65_536 ? 2 : 8) + (role == Role.CLIENT ? 4 : 0);
    }

    private void putHeader(ByteBuf out, int at, int opcode, int length, int key) {
        int mask = role == Role.CLIENT ? 0x80 : 0;
        out.setByte(at++, 0x80 | opcode);
        if (length < 126) {
            out.setByte(at++, mask | length);
        } else if (length < 65_536) {
            out.setByte(at++, mask | 126);
            out.setShort(at, length);
            at += 2;
        } else {
            out.setByte(at++, mask | 127);
            out.setLong(at, length);
            at += 8;
        }
        if (mask != 0) {
            out.setInt(at, key);
        }
    }

    private ChannelFuture sendControl(
            ChannelHandlerContext ctx, int opcode, byte[] payload, int length) {
        int headerLength = headerLength(length);
        int key = role == Role.CLIENT ? masking.nextKey() : 0;
        var frame = ctx.alloc().ioBuffer(headerLength + length);
        putHeader(frame, 0, opcode, length, key);
        frame.setIndex(headerLength, headerLength).writeBytes(payload, 0, length);
        if (role == Role.CLIENT && length > 0) {
            Masking.apply(frame, key, 0);
        }
        return ctx.write(frame.readerIndex(0));
    }

    /// Says good-bye, and sees to it that the connection ends whatever the peer does.
    private ChannelFuture sendClose(ChannelHandlerContext ctx, int code) {
        closeSent = true;
        var sent = sendControl(ctx, CLOSE, new byte[] {(byte) (code >> 8), (byte) code}, 2);
        ctx.flush();
        // The peer's answer may stand behind much that nobody here wants any more.
        ctx.channel().config().setAutoRead(true);
        var late = ctx.executor().schedule(() -> ctx.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
        ctx.channel().closeFuture().addListener(closed -> late.cancel(false));
        return sent;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!ctx.channel().isActive()) {
            ctx.close(promise);
            return;
        }
        PromiseNotifier.cascade(ctx.channel().closeFuture(), promise);
        if (!closeSent) {
            sendClose(ctx, CLOSE_NORMAL);
        }
    }

    private static final class BadFrame extends Exception {

        private final int code;

        BadFrame(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }
    }
}
