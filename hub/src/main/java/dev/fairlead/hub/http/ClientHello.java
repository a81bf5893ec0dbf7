package dev.fairlead.hub.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// What a TLS ClientHello says (RFC 8446 section 4.1.2), before anybody has answered it.
final class ClientHello {

    /// By which the dialer of a node's link says what it comes for (RFC 7301).
    static final String LINK = "fairlead.1";

    private static final byte[] NAME = LINK.getBytes(StandardCharsets.US_ASCII);
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int ALPN = 16;

    /// Headers of the record and of the message, `legacy_version` and `random`.
    private static final int BEFORE_SESSION = 5 + 4 + 2 + 32;

    private ClientHello() {}

    /// Whether it offers [#LINK]. False for what is no hello, is malformed, or has not come whole
    /// in one piece: nothing depends on it but who waits for whom. Reads nothing away.
    static boolean isForLink(ByteBuf hello) {
        try {
            int at = hello.readerIndex();
            if (hello.getUnsignedByte(at) != HANDSHAKE
                    || hello.getUnsignedByte(at + 5) != CLIENT_HELLO) {
                return false;
            }
            at += BEFORE_SESSION;
            at += 1 + hello.getUnsignedByte(at);
            at += 2 + hello.getUnsignedShort(at);
            at += 1 + hello.getUnsignedByte(at);
            int end = at + 2 + hello.getUnsignedShort(at);
            at += 2;
            while (at < end) {
                int length = hello.getUnsignedShort(at + 2);
                if (hello.getUnsignedShort(at) == ALPN) {
                    return offersLink(hello, at + 6, at + 4 + length);
                }
                at += 4 + length;
            }
            return false;
        } catch (IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static boolean offersLink(ByteBuf hello, int from, int end) {
        for (int at = from; at < end; at += 1 + hello.getUnsignedByte(at)) {
            if (hello.getUnsignedByte(at) == NAME.length && isName(hello, at + 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isName(ByteBuf hello, int at) {
        for (int i = 0; i < NAME.length; i++) {
            if (hello.getByte(at + i) != NAME[i]) {
                return false;
            }
        }
        return true;
    }
}
