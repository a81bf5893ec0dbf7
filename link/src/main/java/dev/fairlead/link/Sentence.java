package dev.fairlead.link;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// The sentence in a REFUSE, RESET or GOAWAY. It ends on terminals, in logs and in a database, and
/// it is a stranger's: what would move a cursor, turn the direction of writing or end a line is
/// replaced here, once for everybody.
final class Sentence {

    private static final int MOST = 1024;

    private Sentence() {}

    static String read(ByteBuf payload) {
        return Characters.shown(payload.toString(StandardCharsets.UTF_8), MOST);
    }
}
