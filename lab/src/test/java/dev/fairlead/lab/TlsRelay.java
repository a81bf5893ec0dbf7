package dev.fairlead.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Ends TLS with a certificate of its own and speaks TLS to the hub, as inspecting firewalls do,
/// and keeps what the dialers said to it.
final class TlsRelay implements AutoCloseable {

    /// The opcodes above are of pings, pongs and closes.
    private static final int BINARY = 2;

    private final SSLServerSocket listener;
    private final SSLContext toHub;
    private final int hubPort;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    TlsRelay(LabCa ca, int hubPort) throws IOException, GeneralSecurityException {
        this.hubPort = hubPort;
        toHub = SSLContext.getInstance("TLS");
        toHub.init(null, new TrustManager[] {new TrustsAll()}, null);
        listener =
                (SSLServerSocket)
                        ca.server()
                                .getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    URI url() {
        return URI.create("https://localhost:" + listener.getLocalPort());
    }

    /// What each dialer said, in the order in which they came; those that broke TLS off are not
    /// among them.
    List<Heard> heard() {
        return heard.stream().filter(one -> one.size() > 0).toList();
    }

    /// The plaintext of one connection, from its dialer.
    static final class Heard extends ByteArrayOutputStream {

        /// Whether these bytes crossed the relay: as they are, or in masked WebSocket frames.
        boolean holds(byte[] secret) {
            return contains(toByteArray(), secret) || contains(messages(), secret);
        }

        /// What was said in WebSocket frames behind the request's head; empty where it was no
        /// WebSocket.
        byte[] messages() {
            byte[] all = toByteArray();
            String text = new String(all, StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            var payload = new ByteArrayOutputStream();
            if (head < 0 || !text.startsWith("GET /link ")) {
                return new byte[0];
            }
            var frames = ByteBuffer.wrap(all).position(head + 4);
            while (frames.remaining() >= 2) {
                int opcode = frames.get() & 0x0f;
                int length = frames.get() & 0x7f;
                length =
                        length == 126
                                ? frames.getShort() & 0xffff
                                : length == 127 ? (int) frames.getLong() : length;
                byte[] mask = new byte[4];
                frames.get(mask);
                for (int i = 0; i < length; i++) {
                    int b = frames.get() ^ mask[i & 3];
                    if (opcode <= BINARY) {
                        payload.write(b);
                    }
                }
            }
            return payload.toByteArray();
        }

        private static boolean contains(byte[] all, byte[] part) {
            return new String(all, StandardCharsets.ISO_8859_1)
                    .contains(new String(part, StandardCharsets.ISO_8859_1));
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var near = listener.accept();
                open.add(near);
                Thread.startVirtualThread(() -> relay(near));
            } catch (IOException e) {
                // Closed, or somebody who does not like the certificate.
            }
        }
    }

    private void relay(Socket near) {
        try (near;
                var far = toHub.getSocketFactory().createSocket("localhost", hubPort)) {
            open.add(far);
            var said = new Heard();
            heard.add(said);
            var back = Thread.startVirtualThread(() -> copy(far, near, null));
            copy(near, far, said);
            back.join();
        } catch (IOException | InterruptedException e) {
            // The connection is over.
        }
    }

    private static void copy(
            Socket from, Socket to, @org.jspecify.annotations.Nullable Heard said) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (said != null) {
                    said.write(buffer, 0, n);
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // The other half hears of it too.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(TlsRelay::close);
    }

    /// A relay does not care who the hub is.
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            Objects.requireNonNull(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
