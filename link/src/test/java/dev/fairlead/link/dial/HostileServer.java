package dev.fairlead.link.dial;

import dev.fairlead.link.ws.Rfc6455;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A server that upgrades as a hub does, and then does what a test says instead of proving itself.
final class HostileServer implements AutoCloseable {

    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

    private final SSLServerSocket listener;
    private final java.util.concurrent.ExecutorService threads =
            Executors.newVirtualThreadPerTaskExecutor();

    /// What a test does with a connection whose upgrade is done.
    interface Act<T> {
        T with(Upgraded connection) throws IOException;
    }

    /// A connection after the 101.
    static final class Upgraded {
        private final SSLSocket socket;
        private final InputStream in;

        Upgraded(SSLSocket socket, InputStream in) {
            this.socket = socket;
            this.in = in;
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        Rfc6455.Frame read() throws IOException {
            return Rfc6455.read(in);
        }

        /// The mask of a pong that has nothing in it.
        List<Byte> readEmptyPongsKey() throws IOException {
            var frame = in.readNBytes(6);
            if (frame[0] != (byte) 0x8A || frame[1] != (byte) 0x80) {
                throw new IOException("not an empty pong: " + Arrays.toString(frame));
            }
            return List.of(frame[2], frame[3], frame[4], frame[5]);
        }

        /// Reads up to and with the close frame.
        List<Rfc6455.Frame> readToClose() throws IOException {
            var frames = new ArrayList<Rfc6455.Frame>();
            do {
                frames.add(read());
            } while (frames.getLast().opcode() != Rfc6455.CLOSE);
            return frames;
        }

        /// Whether the peer has closed TCP, with nothing more before.
        boolean hasEnded() throws IOException {
            return in.read() < 0;
        }
    }

    HostileServer(TestCa.Issued tls) {
        try {
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("key", tls.key(), new char[0], new Certificate[] {tls.certificate()});
            var managers = KeyManagerFactory.getInstance("SunX509");
            managers.init(keys, new char[0]);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            listener =
                    (SSLServerSocket)
                            context.getServerSocketFactory()
                                    .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    URI uri() {
        return TestHub.uri("localhost", listener.getLocalPort());
    }

    /// Takes the next connection.
    <T> CompletableFuture<T> next(Act<T> act) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try (var socket = (SSLSocket) listener.accept()) {
                                socket.setSoTimeout(30_000);
                                return act.with(upgrade(socket));
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        },
                        threads)
                .orTimeout(20, TimeUnit.SECONDS);
    }

    private static Upgraded upgrade(SSLSocket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the request is cut short: " + request);
            }
            request.append((char) c);
        }
        var key = KEY.matcher(request);
        if (!key.find()) {
            throw new IOException("no key in " + request);
        }
        socket.getOutputStream()
                .write(
                        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                        + "Connection: Upgrade\r\n"
                                        + "Sec-WebSocket-Protocol: fairlead.1\r\n"
                                        + "Sec-WebSocket-Accept: "
                                        + accept(key.group(1))
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        return new Upgraded(socket, in);
    }

    private static String accept(String key) {
        try {
            byte[] text =
                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
