package dev.fairlead.cli.api;

import dev.fairlead.link.dial.ProxyServer;
import dev.fairlead.link.dial.ProxySettings;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/// The proxy settings that links have too, in the words of the JDK's client.
public record OutboundProxy(ProxySettings settings) {

    HttpClient.Builder apply(HttpClient.Builder builder, URI hub) {
        var proxy = settings.forHub(hub.getHost(), hub.getPort() < 0 ? 443 : hub.getPort());
        if (proxy == null) {
            return builder.proxy(HttpClient.Builder.NO_PROXY);
        }
        builder.proxy(
                ProxySelector.of(InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        return proxy.user() == null ? builder : builder.authenticator(basic(proxy));
    }

    private static Authenticator basic(ProxyServer proxy) {
        var password = proxy.password();
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(
                                proxy.user(),
                                (password == null ? "" : password.text()).toCharArray())
                        : null;
            }
        };
    }
}
