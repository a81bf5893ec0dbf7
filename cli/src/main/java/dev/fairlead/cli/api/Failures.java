package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.dial.ChainFault;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Why the hub could not be asked, told so that a person knows what to do: the name, the network, a
/// proxy, the certificate, or a clock.
final class Failures {

    /// The JDK says only in words what a proxy answered to CONNECT.
    private static final Pattern TUNNEL = Pattern.compile("Tunnel failed, got: ([0-9]{3})");

    /// Only proxies are ever answered with a password.
    private static final Pattern PASSWORD = Pattern.compile("authentication attempts");

    private final URI hub;
    private final Clock clock;
    private final Supplier<List<X509Certificate>> seen;

    /// @param seen the chain of certificates that the hub showed last
    Failures(URI hub, Clock clock, Supplier<List<X509Certificate>> seen) {
        this.hub = hub;
        this.clock = clock;
        this.seen = seen;
    }

    CliException of(IOException e) {
        if (has(e, UnresolvedAddressException.class) || has(e, UnknownHostException.class)) {
            return unreachable(
                    "The name " + hub.getHost() + " does not resolve.",
                    "Check the name and this machine's DNS; behind a proxy, set HTTPS_PROXY.");
        }
        if (e instanceof HttpConnectTimeoutException) {
            return unreachable(
                    hub + " does not answer within 10 s.",
                    "A firewall may swallow the packets; behind a proxy, set HTTPS_PROXY.");
        }
        if (e instanceof HttpTimeoutException) {
            return unreachable(
                    hub + " took the request and did not answer within 60 s.", "Try again.");
        }
        if (e instanceof ConnectException) {
            return unreachable(
                    hub + " refuses the connection.",
                    "Check that the hub runs and that the port is right.");
        }
        var tunnel = TUNNEL.matcher(String.valueOf(e.getMessage()));
        if (tunnel.find()) {
            return proxyRefused(tunnel.group(1));
        }
        if (PASSWORD.matcher(String.valueOf(e.getMessage())).find()) {
            return proxyWantsPassword();
        }
        if (e instanceof SSLException ssl) {
            return certificate(ssl);
        }
        return unreachable("The connection to " + hub + " broke: " + reason(e) + ".", "Try again.");
    }

    private CliException certificate(SSLException e) {
        var chain = seen.get();
        if (!chain.isEmpty() && has(e, CertificateException.class)) {
            int port = hub.getPort() < 0 ? 443 : hub.getPort();
            var fault =
                    ChainFault.of(chain, e, hub.getHost() + ":" + port, host(), clock.instant());
            return unreachable(upper(fault.sentence()) + ".", upper(fault.remedy()) + ".");
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("unrecognized SSL message") || message.contains("Remote host")) {
            return unreachable(
                    "What answers for "
                            + hub
                            + " does not speak TLS: it is no hub, or a proxy's login page answers in its place.",
                    "Check the address; sign this machine in at the login page, or ask for "
                            + hub.getAuthority()
                            + " to be allowed.");
        }
        return unreachable(
                "The TLS connection to " + hub + " failed: " + reason(e) + ".",
                "Check the address, and what is on the way to it.");
    }

    /// Without the brackets of IPv6.
    private String host() {
        String host = hub.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String upper(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private CliException proxyRefused(String status) {
        return switch (status) {
            case "407" -> proxyWantsPassword();
            case "301", "302", "303", "307", "308", "511" ->
                    unreachable(
                            "The proxy wants somebody to sign in on a web page first ("
                                    + status
                                    + ").",
                            "Sign this machine in there, or ask for "
                                    + hub.getAuthority()
                                    + " to be allowed.");
            default ->
                    unreachable(
                            "The proxy does not let "
                                    + hub.getAuthority()
                                    + " through: it answered "
                                    + status
                                    + ".",
                            "Ask for " + hub.getAuthority() + " to be allowed, or set NO_PROXY.");
        };
    }

    CliException proxyWantsPassword() {
        return unreachable(
                "The proxy wants a user and a password, or does not accept the ones it got (407).",
                "Set HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT");
    }

    CliException notAHub(int status, String type) {
        return unreachable(
                hub + " answered " + status + " with " + type + ", which is not how a hub answers.",
                "Check the address; a proxy or load balancer in between may ask for a sign-in of its own.");
    }

    /// @param what it answered, as no hub does
    CliException endless(String what) {
        return unreachable(
                hub + " answered " + what + ", which is not how a hub answers.",
                "Check the address, and what is on the way to it.");
    }

    private static CliException unreachable(String message, String hint) {
        return new CliException(Exit.UNREACHABLE, message, hint);
    }

    private static boolean has(@Nullable Throwable e, Class<? extends Throwable> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static String reason(Throwable e) {
        String reason = null;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
