package dev.fairlead.link.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Dialling through the real squid and tinyproxy, with and without passwords.
@Tag("peers")
@ExtendWith(NettyLeakDetectorExtension.class)
class ProxyPeersTest {

    private final TestCa.Issued tls = new TestCa("test CA").issue("localhost", "127.0.0.1");
    private final TestHub hub = new TestHub(tls, Dials.admits(Dials.WELCOME));
    private final Dials dials = new Dials();

    @TempDir private Path folder;

    @AfterEach
    void close() {
        hub.close();
        dials.close();
    }

    @Test
    void squidWithoutAPassword() throws IOException {
        try (var proxy = ProxyProcess.squid(folder, "http_access allow all")) {
            assertLinks(proxy, "", null);
        }
    }

    @Test
    void squidWithAPassword() throws IOException {
        // Any helper that answers OK or ERR will do; this one knows one user.
        var helper =
                Files.writeString(
                        folder.resolve("helper"),
                        """
                        #!/bin/sh
                        while read -r line; do
                          if [ "$line" = "me word" ]; then echo OK; else echo ERR; fi
                        done
                        """);
        assertThat(helper.toFile().setExecutable(true, false)).isTrue();
        String rules =
                """
                auth_param basic program %s
                auth_param basic children 1
                acl known proxy_auth REQUIRED
                http_access allow known
                http_access deny all
                """
                        .formatted(helper);
        try (var proxy = ProxyProcess.squid(folder, rules)) {
            assertPasswords(proxy);
        }
    }

    @Test
    void squidThatForbids() throws IOException {
        try (var proxy = ProxyProcess.squid(folder, "http_access deny all")) {
            assertThat(fail(proxy, "", hub.uri()).failure()).isEqualTo(DialFailure.PROXY_FORBIDDEN);
        }
    }

    @Test
    void squidThatCannotResolveOrConnect() throws IOException {
        try (var proxy = ProxyProcess.squid(folder, "http_access allow all")) {
            assertThat(fail(proxy, "", TestHub.uri("hub.invalid", 443)).failure())
                    .isEqualTo(DialFailure.PROXY_FAILED);
            assertThat(fail(proxy, "", TestHub.uri("localhost", 1)).failure())
                    .isEqualTo(DialFailure.PROXY_FAILED);
        }
    }

    @Test
    void tinyproxyWithoutAPassword() throws IOException {
        try (var proxy = ProxyProcess.tinyproxy(folder, "")) {
            assertLinks(proxy, "", null);
        }
    }

    @Test
    void tinyproxyWithAPassword() throws IOException {
        try (var proxy = ProxyProcess.tinyproxy(folder, "BasicAuth me word")) {
            assertPasswords(proxy);
        }
    }

    @Test
    void tinyproxyThatForbids() throws IOException {
        try (var proxy = ProxyProcess.tinyproxy(folder, "ConnectPort 1")) {
            assertThat(fail(proxy, "", hub.uri()).failure()).isEqualTo(DialFailure.PROXY_FORBIDDEN);
        }
    }

    @Test
    void tinyproxyThatCannotConnect() throws IOException {
        try (var proxy = ProxyProcess.tinyproxy(folder, "")) {
            assertThat(fail(proxy, "", TestHub.uri("localhost", 1)).failure())
                    .isEqualTo(DialFailure.PROXY_FAILED);
        }
    }

    private void assertPasswords(ProxyProcess proxy) throws IOException {
        assertLinks(proxy, "me:word@", null);
        assertLinks(proxy, "me@", Files.writeString(folder.resolve("password"), "word\n"));
        var none = fail(proxy, "", hub.uri());
        assertThat(none.failure()).isEqualTo(DialFailure.PROXY_AUTHENTICATION);
        assertThat(none).hasMessageContaining("wants a user and a password");
        var wrong = fail(proxy, "me:no@", hub.uri());
        assertThat(wrong.failure()).isEqualTo(DialFailure.PROXY_AUTHENTICATION);
        assertThat(wrong).hasMessageContaining("did not accept the password of user me");
    }

    private void assertLinks(ProxyProcess proxy, String who, @Nullable Path password) {
        var settings =
                ProxySettings.configured("http://" + who + "127.0.0.1:" + proxy.port, password, "");
        var linked = dials.dial(Dials.request(hub.uri(), new TlsTrust.Any(), settings));
        assertThat(linked.welcome()).isEqualTo(Dials.WELCOME);
        linked.channel().close().syncUninterruptibly();
    }

    private DialException fail(ProxyProcess proxy, String who, URI uri) {
        var settings =
                ProxySettings.configured("http://" + who + "127.0.0.1:" + proxy.port, null, "");
        return dials.fail(Dials.request(uri, new TlsTrust.Any(), settings));
    }
}
