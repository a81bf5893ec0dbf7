package dev.fairlead.link.dial;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Through which proxy hubs are reached, if any.
public final class ProxySettings {

    private final @Nullable ProxyServer proxy;
    private final NoProxy except;
    private final boolean loopbackToo;

    private ProxySettings(@Nullable ProxyServer proxy, NoProxy except, boolean loopbackToo) {
        this.proxy = proxy;
        this.except = except;
        this.loopbackToo = loopbackToo;
    }

    public static ProxySettings none() {
        return new ProxySettings(null, new NoProxy(""), false);
    }

    /// From a configuration's `proxy:`.
    ///
    /// @param except as `NO_PROXY`
    /// @throws IllegalArgumentException with a sentence on what is wrong
    public static ProxySettings configured(
            String proxy, @Nullable Path passwordFile, String except) {
        return new ProxySettings(ProxyServer.parse(proxy, passwordFile), new NoProxy(except), true);
    }

    /// From `HTTPS_PROXY` and `NO_PROXY`, of which the lower-case form is read first, as curl does.
    /// This machine itself is never reached through a proxy.
    ///
    /// @throws IllegalArgumentException with a sentence on what is wrong
    public static ProxySettings ofEnvironment(Map<String, String> environment) {
        String proxy = variable(environment, "HTTPS_PROXY");
        if (proxy.isBlank()) {
            return none();
        }
        try {
            return new ProxySettings(
                    ProxyServer.parse(proxy, null),
                    new NoProxy(variable(environment, "NO_PROXY")),
                    false);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "HTTPS_PROXY or NO_PROXY in the environment: " + e.getMessage(), e);
        }
    }

    private static String variable(Map<String, String> environment, String name) {
        String upper = environment.getOrDefault(name, "");
        return environment.getOrDefault(name.toLowerCase(Locale.ROOT), upper);
    }

    /// The proxy for this hub, or null to dial it directly.
    public @Nullable ProxyServer forHub(String host, int port) {
        boolean direct = except.matches(host, port) || (!loopbackToo && isLoopback(host));
        return direct ? null : proxy;
    }

    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return proxy == null ? "no proxy" : "proxy " + proxy;
    }
}
