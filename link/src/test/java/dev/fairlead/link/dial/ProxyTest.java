package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Proxies that say no in all the ways that real ones do.
@ExtendWith(NettyLeakDetectorExtension.class)
class ProxyTest {

    private static final URI HUB = TestHub.uri("hub.invalid", 443);

    private final Dials dials = new Dials();

    @AfterEach
    void close() {
        dials.close();
    }

    @Test
    void aProxyThatWantsAPassword() {
        assertFails(
                "",
                answer(407, "Proxy-Authenticate: Basic realm=\"x\""),
                DialFailure.PROXY_AUTHENTICATION,
                "wants a user and a password (407)");
        assertFails(
                "me:wrong@",
                answer(407, "Proxy-Authenticate: Basic realm=\"x\""),
                DialFailure.PROXY_AUTHENTICATION,
                "did not accept the password of user me (407)");
        assertFails(
                "me:right@",
                answer(407, "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM"),
                DialFailure.PROXY_AUTHENTICATION,
                "authenticates only by Negotiate, NTLM (407)");
    }

    @Test
    void aProxyThatForbids() {
        assertFails("", answer(403, "X: y"), DialFailure.PROXY_FORBIDDEN, "hub.invalid:443 (403)");
    }

    @Test
    void aProxyWithALoginPage() {
        assertFails(
                "",
                answer(302, "Location: http://portal/login"),
                DialFailure.PROXY_LOGIN_PAGE,
                "(302 to http://portal/login)");
        assertFails("", answer(511, "X: y"), DialFailure.PROXY_LOGIN_PAGE, "(511)");
        // Says that the tunnel is there, and answers the TLS with HTML.
        assertFails(
                "",
                "HTTP/1.1 200 OK\r\n\r\n<html>please sign in to use the network</html>",
                DialFailure.PROXY_LOGIN_PAGE,
                "without TLS: perhaps with a login page");
    }

    @Test
    void aProxyThatFails() {
        for (int status : new int[] {500, 502, 503, 504}) {
            assertFails(
                    "",
                    answer(status, "X: y"),
                    DialFailure.PROXY_FAILED,
                    "could not reach hub.invalid:443 (" + status + ")");
        }
        assertFails("", answer(405, "X: y"), DialFailure.PROXY_FAILED, "answered 405");
        assertFails("", "SSH-2.0-OpenSSH\r\n", DialFailure.PROXY_FAILED, "is no HTTP proxy");
    }

    @Test
    void aProxyThatHangsUp() {
        var server =
                TestHub.listen(dials.loops, channel -> channel.pipeline().addLast(new HangsUp()));
        var e = dials.fail(through("http://127.0.0.1:" + TestHub.port(server)));
        assertThat(e.failure()).isEqualTo(DialFailure.PROXY_FAILED);
        assertThat(e).hasMessageContaining("closed the connection");
    }

    private static final class HangsUp extends io.netty.channel.ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(io.netty.channel.ChannelHandlerContext ctx, Object message) {
            io.netty.util.ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Test
    void aProxyThatSaysNothing() {
        var server = TestHub.listen(dials.loops, channel -> {});
        var e = dials.fail(Dials.impatient(through("http://127.0.0.1:" + TestHub.port(server))));
        assertThat(e.failure()).isEqualTo(DialFailure.TIMED_OUT);
        assertThat(e).hasMessageContaining("the proxy 127.0.0.1:");
    }

    @Test
    void aProxyThatIsNotThere() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(dials.fail(through("http://127.0.0.1:" + port)).failure())
                .isEqualTo(DialFailure.PROXY_UNREACHABLE);
        var e = dials.fail(through("http://proxy.invalid:1"));
        assertThat(e.failure()).isEqualTo(DialFailure.PROXY_UNREACHABLE);
        assertThat(e).hasMessageContaining("proxy.invalid does not resolve");
    }

    @Test
    void aPasswordFileThatIsMissing(@TempDir Path folder) {
        var server = TestHub.listen(dials.loops, channel -> {});
        var proxies =
                ProxySettings.configured(
                        "http://me@127.0.0.1:" + TestHub.port(server), folder.resolve("none"), "");
        var e = dials.fail(Dials.request(HUB, new TlsTrust.Any(), proxies));
        assertThat(e.failure()).isEqualTo(DialFailure.PROXY_AUTHENTICATION);
        assertThat(e).hasMessageContaining(folder.resolve("none") + ", cannot be read");
    }

    private void assertFails(String who, String answer, DialFailure failure, String why) {
        var server =
                TestHub.listen(
                        dials.loops,
                        channel -> channel.pipeline().addLast(new DialerTest.Says(answer)));
        var e = dials.fail(through("http://" + who + "127.0.0.1:" + TestHub.port(server)));
        assertThat(e).hasMessageContaining(why);
        assertThat(e.failure()).isEqualTo(failure);
        server.close().syncUninterruptibly();
    }

    private static DialRequest through(String proxy) {
        return Dials.request(HUB, new TlsTrust.Any(), ProxySettings.configured(proxy, null, ""));
    }

    private static String answer(int status, String headers) {
        return "HTTP/1.1 %d X\r\n%s\r\nContent-Length: 0\r\n\r\n".formatted(status, headers);
    }
}
