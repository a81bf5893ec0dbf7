package dev.fairlead.link.dial;

import java.util.Locale;

/// Where dialling a hub failed. The label is the word in metrics, logs and status.
public enum DialFailure {
    /// The hub's name does not resolve.
    NAME_NOT_FOUND,
    /// Nothing listens at the hub's address.
    CONNECTION_REFUSED,
    /// There is no route to the hub.
    UNREACHABLE,
    /// The hub, or what is on the way, did not answer in time.
    TIMED_OUT,
    /// The proxy's name does not resolve, or it does not take connections.
    PROXY_UNREACHABLE,
    /// The proxy wants a user and password, or other ones (407).
    PROXY_AUTHENTICATION,
    /// The proxy does not allow this connection (403).
    PROXY_FORBIDDEN,
    /// The proxy wants a person to sign in on a web page.
    PROXY_LOGIN_PAGE,
    /// The proxy could not reach the hub, or is no HTTP proxy.
    PROXY_FAILED,
    /// TLS did not come about, or the certificate is not to be trusted.
    TLS,
    /// Something answers that is no hub.
    NOT_A_HUB,
    /// The hub has another identity than was expected, or cannot prove the one that it claims.
    OTHER_IDENTITY,
    /// Somebody ends the TLS connection in between.
    INTERCEPTED,
    /// The hub said no; the exception has its code.
    REFUSED,
    /// The hub asks to come back later.
    BUSY,
    /// The person at the node did not confirm the pairing.
    DECLINED,
    /// The other side broke a rule of the protocol.
    PROTOCOL_ERROR,
    /// The connection ended halfway.
    CONNECTION_LOST;

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
