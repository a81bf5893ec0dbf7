package dev.fairlead.agent.ssh.sftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An answer of SFTP version 3 as it is put together, with its length in front.
final class Answer {

    private static final int HEADER = 4;

    private ByteBuffer bytes = ByteBuffer.allocate(1024);

    /// Begins anew.
    Answer start(int type, int id) {
        bytes.clear().position(HEADER);
        return u8(type).u32(id);
    }

    Answer u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    Answer u32(int value) {
        room(4).putInt(value);
        return this;
    }

    Answer u64(long value) {
        room(8).putLong(value);
        return this;
    }

    Answer text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8));
    }

    Answer text(byte[] text) {
        u32(text.length);
        room(text.length).put(text);
        return this;
    }

    int length() {
        return bytes.position();
    }

    /// Sets a number that was not known when its place was written.
    void setU32(int position, int value) {
        bytes.putInt(position, value);
    }

    /// Room for data of at most this length, behind its own length.
    ByteBuffer data(int length) {
        u32(0);
        return room(length).slice(bytes.position(), length);
    }

    /// Counts what was put into [#data].
    void dataWas(int length) {
        bytes.putInt(bytes.position() - 4, length);
        bytes.position(bytes.position() + length);
    }

    /// The whole answer.
    ByteBuffer finish() {
        bytes.putInt(0, bytes.position() - HEADER);
        return bytes.flip();
    }

    private ByteBuffer room(int length) {
        if (bytes.remaining() < length) {
            int position = bytes.position();
            int size = Math.max(bytes.capacity() * 2, position + length);
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), size)).position(position);
        }
        return bytes;
    }
}
