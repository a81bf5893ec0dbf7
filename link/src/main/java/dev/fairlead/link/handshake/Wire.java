package dev.fairlead.link.handshake;

import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The framing of handshake messages in the byte stream: `u8 type, u24 length, payload`, at most 16
/// KiB of payload, which is [Headers].
final class Wire {

    static final int HEADER = 4;
    static final int MAX_PAYLOAD = 16 * 1024;
    static final int SIGNATURE = 64;

    /// The field that signs what stands before it; it must be the last.
    private static final byte[] SIGNATURE_FIELD = signatureField();

    private Wire() {}

    /// One message as it was on the wire.
    ///
    /// @param framed all of its bytes, for the transcript
    record Message(MessageType type, Headers headers, Framed framed) {}

    /// The bytes of a message with its framing.
    static final class Framed {
        private final byte[] bytes;

        Framed(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        /// The bytes that the signature at the end covers.
        ///
        /// @throws ProtocolException where the message does not end in a signature
        byte[] beforeSignature() {
            int end = bytes.length - SIGNATURE;
            int start = end - SIGNATURE_FIELD.length;
            if (start < HEADER
                    || !Arrays.equals(
                            bytes, start, end, SIGNATURE_FIELD, 0, SIGNATURE_FIELD.length)) {
                throw new ProtocolException("the signature must be the last field, of 64 bytes");
            }
            return Arrays.copyOf(bytes, start);
        }
    }

    static Framed encode(MessageType type, Headers headers) {
        return new Framed(encode(type, headers, headers.encodedLength()));
    }

    /// A message that ends in a signature over the transcript, itself included up to there.
    static Framed encodeSigned(
            MessageType type, Headers headers, Transcript before, SigningKey key, String context) {
        int length = headers.encodedLength() + SIGNATURE_FIELD.length + SIGNATURE;
        byte[] unsigned = encode(type, headers, length);
        byte[] signature = key.sign(context, before.hashWith(unsigned));
        byte[] framed = Arrays.copyOf(unsigned, HEADER + length);
        System.arraycopy(SIGNATURE_FIELD, 0, framed, unsigned.length, SIGNATURE_FIELD.length);
        System.arraycopy(signature, 0, framed, framed.length - SIGNATURE, SIGNATURE);
        return new Framed(framed);
    }

    private static byte[] encode(MessageType type, Headers headers, int length) {
        if (length > MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "a handshake message of %d bytes is longer than %d"
                            .formatted(length, MAX_PAYLOAD));
        }
        byte[] bytes = new byte[HEADER + headers.encodedLength()];
        var out = Unpooled.wrappedBuffer(bytes).clear();
        out.writeByte(type.code()).writeMedium(length);
        headers.encode(out);
        return bytes;
    }

    /// Takes the next message off `in`, or nothing while it is not whole.
    ///
    /// @throws ProtocolException as soon as its first bytes break a rule
    static @Nullable Message decode(ByteBuf in) {
        if (in.isReadable()) {
            MessageType.ofCode(in.getUnsignedByte(in.readerIndex()));
        }
        if (in.readableBytes() < HEADER) {
            return null;
        }
        int length = in.getUnsignedMedium(in.readerIndex() + 1);
        if (length > MAX_PAYLOAD) {
            throw new ProtocolException(
                    "a handshake message has at most " + MAX_PAYLOAD + " bytes, not " + length);
        }
        if (in.readableBytes() < HEADER + length) {
            return null;
        }
        byte[] framed = new byte[HEADER + length];
        in.readBytes(framed);
        var headers = Headers.decode(Unpooled.wrappedBuffer(framed, HEADER, length));
        return new Message(MessageType.ofCode(framed[0]), headers, new Framed(framed));
    }

    private static byte[] signatureField() {
        byte[] name = "signature".getBytes(StandardCharsets.US_ASCII);
        byte[] field = new byte[1 + name.length + 2];
        field[0] = (byte) name.length;
        System.arraycopy(name, 0, field, 1, name.length);
        field[field.length - 1] = SIGNATURE;
        return field;
    }
}
