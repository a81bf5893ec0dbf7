package dev.fairlead.link;

import static dev.fairlead.lab.fuzz.Input.require;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/// Header maps: what is read comes out again byte for byte, and whatever cannot be read is a broken
/// rule of the protocol and nothing else.
public final class HeadersFuzz {

    private HeadersFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Headers headers;
        try {
            headers = Headers.decode(Unpooled.wrappedBuffer(input));
        } catch (ProtocolException e) {
            return;
        }
        require(headers.encodedLength() == input.length, "the length is that of the bytes");
        var out = Unpooled.buffer();
        headers.encode(out);
        require(Arrays.equals(ByteBufUtil.getBytes(out), input), "the same bytes come out");
        require(headers.names().size() <= 64, "at most 64 fields");
        for (var name : headers.names()) {
            require(name.matches("[a-z0-9-]{1,64}"), "a name of the rule");
            try {
                var text = headers.need(name);
                var again = headers.with(name, text);
                require(again.equals(headers), "a text is its bytes");
            } catch (ProtocolException e) {
                // It is not UTF-8.
            }
        }
    }
}
