package dev.fairlead.agent.ssh.sftp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The fields of a request of SFTP version 3.
///
/// Names of files are bytes to Unix, and UTF-8 here: the JVM can reach no other names.
final class Request {

    private final ByteBuffer bytes;

    Request(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    int u8() throws IOException {
        need(1);
        return bytes.get() & 0xff;
    }

    int u32() throws IOException {
        need(4);
        return bytes.getInt();
    }

    long u64() throws IOException {
        need(8);
        return bytes.getLong();
    }

    String text() throws IOException {
        var data = data();
        var raw = new byte[data.remaining()];
        data.get(raw);
        return new String(raw, StandardCharsets.UTF_8);
    }

    ByteBuffer data() throws IOException {
        int length = u32();
        if (length < 0) {
            throw new IOException("a field is too long");
        }
        need(length);
        var data = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return data;
    }

    private void need(int length) throws IOException {
        if (bytes.remaining() < length) {
            throw new IOException("a request is cut short");
        }
    }
}
