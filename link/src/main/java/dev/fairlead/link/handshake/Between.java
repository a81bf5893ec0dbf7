package dev.fairlead.link.handshake;

import org.jspecify.annotations.Nullable;

/// Who is between a dialer and the hub, and whether they can read what passes.
///
/// @param innerTls whether a second TLS inside the connection keeps them out
/// @param issuer who issued the certificate that the dialer saw, where it is none of the hub's;
///   null where nobody is in between that the hub does not know of
public record Between(boolean innerTls, @Nullable String issuer) {

    /// One TLS, with a certificate of the hub's.
    public static final Between NOBODY = new Between(false, null);

    /// For the end of a line about a link; empty where there is nothing to say.
    public String inWords() {
        return (innerTls ? ", with inner TLS" : "")
                + (issuer == null ? "" : ", through a certificate issued by " + issuer);
    }
}
