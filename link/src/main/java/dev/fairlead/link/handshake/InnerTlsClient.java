package dev.fairlead.link.handshake;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Function;

/// A dialer's end of the TLS inside a link.
///
/// @param when it is used
/// @param tls makes it: TLS 1.3 that accepts any certificate
public record InnerTlsClient(InnerTls when, Function<Channel, SslHandler> tls) {

    /// For a dialer that only wants the hub's proof, or no link where somebody is in between.
    public static final InnerTlsClient NEVER =
            new InnerTlsClient(
                    InnerTls.NEVER,
                    _ -> {
                        throw new IllegalStateException("inner TLS is switched off");
                    });
}
