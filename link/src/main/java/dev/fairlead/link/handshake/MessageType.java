package dev.fairlead.link.handshake;

import dev.fairlead.link.ProtocolException;

/// The first byte of a handshake message.
enum MessageType {
    HELLO(1),
    PROOF(2),
    IDENTITY(3),
    WELCOME(4),
    REFUSED(5),
    CODE(6),
    APPROVED(7),
    CONFIRM(8),
    WAIT(9),
    INSIDE(10);

    private static final MessageType[] ALL = values();

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static MessageType ofCode(int code) {
        if (code < 1 || code > ALL.length) {
            throw new ProtocolException("there is no handshake message of type " + code);
        }
        return ALL[code - 1];
    }
}
