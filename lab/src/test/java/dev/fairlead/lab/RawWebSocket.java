package dev.fairlead.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.ws.Rfc6455;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A connection to a hub's `/link` whose upgrade is done, and that then says whatever a test likes.
final class RawWebSocket implements AutoCloseable {

    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    /// The answer to that key, from RFC 6455 section 1.3.
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private final SSLSocket socket;
    private final InputStream in;

    RawWebSocket(URI hub) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", hub.getPort());
        socket.setSoTimeout(30_000);
        in = new BufferedInputStream(socket.getInputStream());
        write(
                """
                GET /link HTTP/1.1\r
                Host: localhost\r
                Connection: keep-alive, Upgrade\r
                Upgrade: WebSocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Protocol: fairlead.1\r
                Sec-WebSocket-Key: %s\r
                \r
                """
                        .formatted(KEY)
                        .getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the answer is cut short: " + answer);
            }
            answer.append((char) c);
        }
        assertThat(answer).startsWith("HTTP/1.1 101 ").contains(ACCEPT);
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Rfc6455.Frame read() throws IOException {
        return Rfc6455.read(in);
    }

    /// The hub says nothing more, and closes TCP.
    void mustEnd() throws IOException {
        assertThat(in.read()).as("what comes before the end").isNegative();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// What these tests look for is not a matter of certificates.
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
