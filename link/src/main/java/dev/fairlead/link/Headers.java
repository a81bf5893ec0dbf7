package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A small ordered map of names to bytes: what OPEN, ACCEPT, REFUSE and the handshake's messages
/// carry.
///
/// On the wire a field is `u8 length, name, u16 length, value`, big-endian, back to back until the
/// end of the message. Names are 1 to 64 of `a-z 0-9 -`, each at most once, at most 64 fields.
/// Unknown names are ignored by whoever reads. Immutable; [#with] gives a copy.
public final class Headers {

    public static final Headers EMPTY = new Headers(new String[0], new byte[0][]);

    private static final int MAX_NAME = 64;
    private static final int MAX_VALUE = 65_535;
    private static final int MAX_FIELDS = 64;

    /// In the order of the wire. A stream has half a dozen: to look through them is quicker than a
    /// table, and so is a copy.
    private final String[] names;

    private final byte[][] values;

    private Headers(String[] names, byte[][] values) {
        this.names = names;
        this.values = values;
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
        return withOwn(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public Headers with(String name, byte[] value) {
        return withOwn(name, value.clone());
    }

    private Headers withOwn(String name, byte[] value) {
        if (!validName(name)) {
            throw new IllegalArgumentException("not a header name: " + name);
        }
        if (value.length > MAX_VALUE) {
            throw new IllegalArgumentException(
                    "header " + name + " is longer than " + MAX_VALUE + " bytes");
        }
        int at = indexOf(name);
        int length = at < 0 ? names.length + 1 : names.length;
        String[] newNames = Arrays.copyOf(names, length);
        byte[][] newValues = Arrays.copyOf(values, length);
        int place = at < 0 ? length - 1 : at;
        newNames[place] = name;
        newValues[place] = value;
        return new Headers(newNames, newValues);
    }

    public Headers without(String name) {
        int at = indexOf(name);
        if (at < 0) {
            return this;
        }
        int length = names.length - 1;
        String[] newNames = Arrays.copyOf(names, length);
        byte[][] newValues = Arrays.copyOf(values, length);
        System.arraycopy(names, at + 1, newNames, at, length - at);
        System.arraycopy(values, at + 1, newValues, at, length - at);
        return new Headers(newNames, newValues);
    }

    private int indexOf(String name) {
        return indexOf(name, names, names.length);
    }

    private static int indexOf(String name, String[] names, int count) {
        for (int i = 0; i < count; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// The text of a field, or null where it is missing.
    ///
    /// @throws ProtocolException where it is not UTF-8
    public @Nullable String text(String name) {
        int at = indexOf(name);
        if (at < 0) {
            return null;
        }
        byte[] value = values[at];
        if (isAscii(value)) {
            return new String(value, StandardCharsets.US_ASCII);
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

    private static boolean isAscii(byte[] value) {
        for (byte b : value) {
            if (b < 0) {
                return false;
            }
        }
        return true;
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
        int at = indexOf(name);
        return at < 0 ? null : values[at].clone();
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
        return Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(names)));
    }

    /// The length on the wire, in bytes.
    public int encodedLength() {
        int length = 0;
        for (int i = 0; i < names.length; i++) {
            length += 1 + names[i].length() + 2 + values[i].length;
        }
        return length;
    }

    public void encode(ByteBuf out) {
        for (int i = 0; i < names.length; i++) {
            out.writeByte(names[i].length());
            out.writeCharSequence(names[i], StandardCharsets.US_ASCII);
            out.writeShort(values[i].length);
            out.writeBytes(values[i]);
        }
    }

    /// Reads all that is left of `in`.
    ///
    /// @throws ProtocolException where it is cut short, a name is not allowed or comes twice, or
    ///   there are too many
    public static Headers decode(ByteBuf in) {
        String[] names = new String[8];
        byte[][] values = new byte[8][];
        int count = 0;
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
            if (indexOf(name, names, count) >= 0) {
                throw new ProtocolException("header " + name + " comes twice");
            }
            if (count == MAX_FIELDS) {
                throw new ProtocolException("more than " + MAX_FIELDS + " headers");
            }
            if (count == names.length) {
                names = Arrays.copyOf(names, 2 * count);
                values = Arrays.copyOf(values, 2 * count);
            }
            names[count] = name;
            values[count] = value;
            count++;
        }
        return new Headers(Arrays.copyOf(names, count), Arrays.copyOf(values, count));
    }

    private static boolean validName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        if (!(o instanceof Headers other) || names.length != other.names.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            int at = other.indexOf(names[i]);
            if (at < 0 || !Arrays.equals(values[i], other.values[at])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (String name : names) {
            hash += name.hashCode();
        }
        return hash;
    }

    /// The names only: values may be secret.
    @Override
    public String toString() {
        return Arrays.toString(names);
    }
}
