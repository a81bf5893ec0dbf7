package dev.fairlead.link;

import static dev.fairlead.lab.fuzz.Input.require;

import dev.fairlead.lab.fuzz.Input;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// A whole link whose other side says anything: it ends by a GOAWAY that names the rule or goes on;
/// nothing is thrown out of it, no stream is told twice that it is over, and when the connection
/// ends all memory is given back.
public final class LinkFuzz {

    private LinkFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Input.withoutLeak(alloc -> {
            var in = new Input(input);
            int seed = in.next();
            var side = seed % 2 == 0 ? Link.Side.ACCEPTOR : Link.Side.DIALER;
            var channel = new EmbeddedChannel();
            channel.config().setAllocator(alloc);
            channel.freezeTime();
            var streams = new ArrayList<Echo>();
            int[] ends = {0};
            var link =
                    Link.start(
                            channel,
                            side,
                            LinkLimits.DEFAULT.withMaxStreams(4),
                            stream -> streams.add(new Echo(stream).serve()),
                            (cause, message) -> {
                                // Any cause may be the other side's; these words are this side's.
                                ends[0] += message.equals("internal error") ? 100 : 1;
                            });
            for (int i = 0; i < 2; i++) {
                var own = new Echo(null);
                own.stream = link.open(Headers.of("kind", "tcp"), own);
                streams.add(own);
            }
            for (byte[] piece : in.pieces(seed)) {
                if (channel.isOpen()) {
                    channel.writeInbound(Input.buffer(alloc, piece));
                    channel.runPendingTasks();
                }
                drop(channel);
            }
            channel.close();
            channel.runPendingTasks();
            drop(channel);
            channel.checkException();
            require(ends[0] == 1, "a link ends once, not " + ends[0] + " times");
            for (var stream : streams) {
                require(stream.closed == 1, "a stream is closed once, not " + stream.closed);
            }
            require(link.windowBytes() == 0, link.windowBytes() + " bytes of windows are left");
            channel.finishAndReleaseAll();
        });
    }

    private static void drop(EmbeddedChannel channel) {
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    /// Gives back what it gets, and is done with it at once.
    private static final class Echo implements StreamListener {
        private LinkStream stream;
        private int closed;

        @SuppressWarnings("NullAway") // set before anything can be said
        Echo(@Nullable LinkStream stream) {
            this.stream = stream;
        }

        Echo serve() {
            stream.listen(this);
            if (stream.headers().text("refuse") != null) {
                stream.refuse(StreamEnd.DENIED, "as asked");
            } else {
                stream.accept(Headers.EMPTY);
            }
            return this;
        }

        @Override
        public void data(ByteBuf bytes) {
            int length = bytes.readableBytes();
            stream.write(bytes);
            stream.consumed(length);
        }

        @Override
        public void ended() {
            stream.end();
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            require(message.length() <= 1_100, "a sentence of " + message.length());
            closed++;
        }
    }
}
