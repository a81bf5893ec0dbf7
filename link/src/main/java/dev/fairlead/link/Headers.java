package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A small ordered map of names to bytes: what OPEN, ACCEPT, REFUSE and the handshake's messages
/// carry.
///
/// On the wire a field is `u8 length, name, u16 length, value`, big-endian, back to back until the
/// end of the message. Names are 1 to 64 of `a-z 0-9 -`, each at most once, at most 64 fields.
/// Unknown names are ignored by whoever reads. Immutable; [#with] gives a copy.
public final class Headers {

    public static final Headers EMPTY = new Headers(Map.of());

    private static final int MAX_NAME = 64;
    private static final int MAX_VALUE = 65_535;
    private static final int MAX_FIELDS = 64;

    private final Map<String, byte[]> fields;

    private Headers(Map<String, byte[]> fields) {
        this.fields = fields;
    }

    /// Text fields from pairs of name and value.
    public static Headers of(String... namesAndValues) {
        var headers = EMPTY;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    public Headers with(String name, String value) {
        return with(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public Headers with(String name, byte[] value) {
        if (!validName(name)) {
            throw new IllegalArgumentException("not a header name: " + name);
        }
        if (value.length > MAX_VALUE) {
            throw new IllegalArgumentException(
                    "header " + name + " is longer than " + MAX_VALUE + " bytes");
        }
        var copy = new LinkedHashMap<>(fields);
        copy.put(name, value.clone());
        return new Headers(copy);
    }

    public Headers without(String name) {
        var copy = new LinkedHashMap<>(fields);
        copy.remove(name);
        return new Headers(copy);
    }

    /// The text of a field, or null where it is missing.
    ///
    /// @throws ProtocolException where it is not UTF-8
    public @Nullable String text(String name) {
        byte[] value = fields.get(name);
        if (value == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("header " + name + " is not UTF-8");
        }
    }

    /// The text of a field that must be there.
    ///
    /// @throws ProtocolException where it is missing or not UTF-8
    public String need(String name) {
        String text = text(name);
        if (text == null) {
            throw new ProtocolException("header " + name + " is missing");
        }
        return text;
    }

    public byte @Nullable [] bytes(String name) {
        byte[] value = fields.get(name);
        return value == null ? null : value.clone();
    }

    /// The bytes of a field that must be there.
    ///
    /// @throws ProtocolException where it is missing
    public byte[] needBytes(String name) {
        byte[] value = bytes(name);
        if (value == null) {
            throw new ProtocolException("header " + name + " is missing");
        }
        return value;
    }

    /// The names, in the order of the wire.
    public Set<String> names() {
        return Collections.unmodifiableSet(fields.keySet());
    }

    /// The length on the wire, in bytes.
    public int encodedLength() {
        int length = 0;
        for (var field : fields.entrySet()) {
            length += 1 + field.getKey().length() + 2 + field.getValue().length;
        }
        return length;
    }

    public void encode(ByteBuf out) {
        fields.forEach((name, value) -> {
            out.writeByte(name.length());
            out.writeCharSequence(name, StandardCharsets.US_ASCII);
            out.writeShort(value.length);
            out.writeBytes(value);
        });
    }

    /// Reads all that is left of `in`.
    ///
    /// @throws ProtocolException where it is cut short, a name is not allowed or comes twice, or
    ///   there are too many
    public static Headers decode(ByteBuf in) {
        var fields = new LinkedHashMap<String, byte[]>();
        while (in.isReadable()) {
            int nameLength = in.readUnsignedByte();
            if (nameLength == 0 || nameLength > MAX_NAME || in.readableBytes() < nameLength + 2) {
                throw new ProtocolException("a header's name is empty, too long or cut short");
            }
            String name = in.readCharSequence(nameLength, StandardCharsets.US_ASCII).toString();
            if (!validName(name)) {
                throw new ProtocolException("a header's name has a character other than a-z 0-9 -");
            }
            int valueLength = in.readUnsignedShort();
            if (in.readableBytes() < valueLength) {
                throw new ProtocolException("header " + name + " is cut short");
            }
            byte[] value = new byte[valueLength];
            in.readBytes(value);
            if (fields.put(name, value) != null) {
                throw new ProtocolException("header " + name + " comes twice");
            }
            if (fields.size() > MAX_FIELDS) {
                throw new ProtocolException("more than " + MAX_FIELDS + " headers");
            }
        }
        return new Headers(fields);
    }

    private static boolean validName(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_NAME
                && name.chars()
                        .allMatch(
                                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Headers other
                && fields.size() == other.fields.size()
                && fields.entrySet().stream()
                        .allMatch(f -> Arrays.equals(f.getValue(), other.fields.get(f.getKey())));
    }

    @Override
    public int hashCode() {
        return fields.keySet().hashCode();
    }

    /// The names only: values may be secret.
    @Override
    public String toString() {
        return fields.keySet().toString();
    }
}
