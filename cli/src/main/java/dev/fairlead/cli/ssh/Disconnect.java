package dev.fairlead.cli.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The words of an SSH server that turns a client away before they have agreed on anything: its
/// version, and SSH_MSG_DISCONNECT with a sentence (RFC 4253 sections 4.2, 6 and 11.1).
///
/// OpenSSH shows that sentence, whereas it sends the standard error of a `ProxyCommand` to
/// `/dev/null` where connections are shared (`ControlPersist`).
public final class Disconnect {

    private static final String VERSION = "SSH-2.0-Fairlead\r\n";
    private static final byte SSH_MSG_DISCONNECT = 1;
    private static final int BY_APPLICATION = 11;
    private static final int BLOCK = 8;
    private static final int LEAST_PADDING = 4;
    private static final Duration TO_READ = Duration.ofSeconds(1);

    private Disconnect() {}

    /// Tells it, and hears the client out for a moment: a client whose words meet a closed pipe
    /// complains about that, and reads no more.
    public static void tell(String sentence, InputStream client, OutputStream to) {
        try {
            to.write(bytes(sentence));
            to.flush();
            var listening =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try {
                                    client.transferTo(OutputStream.nullOutputStream());
                                } catch (IOException e) {
                                    // It has gone.
                                }
                            });
            listening.join(TO_READ);
        } catch (IOException e) {
            // Nobody is there to be told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static byte[] bytes(String sentence) {
        byte[] text = sentence.getBytes(StandardCharsets.UTF_8);
        int payload = 1 + Integer.BYTES + Integer.BYTES + text.length + Integer.BYTES;
        int unpadded = Integer.BYTES + 1 + payload;
        int padding = LEAST_PADDING + (BLOCK - (unpadded + LEAST_PADDING) % BLOCK) % BLOCK;
        byte[] version = VERSION.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(version.length + unpadded + padding)
                .put(version)
                .putInt(1 + payload + padding)
                .put((byte) padding)
                .put(SSH_MSG_DISCONNECT)
                .putInt(BY_APPLICATION)
                .putInt(text.length)
                .put(text)
                .putInt(0) // no language
                .array();
    }
}
