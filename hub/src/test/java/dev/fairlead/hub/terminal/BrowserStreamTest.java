package dev.fairlead.hub.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.access.TerminalStream;
import dev.fairlead.link.Headers;
import dev.fairlead.link.ProtocolException;
import dev.fairlead.link.StreamEnd;
import dev.fairlead.link.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is counted between a page and whoever serves its terminal.
class BrowserStreamTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> page = new ArrayList<>();
    private final List<String> served = new ArrayList<>();
    private BrowserStream stream = stream();

    @BeforeEach
    void attach() {
        stream.listen(new Served());
        stream.accept(Headers.of("resume-at", "50", "resume-from", "1000", "resume-ms", "1"));
        assertThat(page).containsExactly("attached 1000 50");
        assertThat(served).containsExactly("granted");
        page.clear();
        served.clear();
    }

    private BrowserStream stream() {
        return new BrowserStream(
                channel.eventLoop(), Headers.EMPTY, BrowserStream.Amounts.TERMINAL, new Page());
    }

    private void output(int bytes) {
        stream.write(Unpooled.wrappedBuffer(new byte[bytes]));
    }

    @Test
    void outputIsConsumedWhenThePageHasShownIt() {
        output(30);
        output(12);
        stream.seen(1_010);
        stream.seen(1_010);
        stream.seen(1_042);
        assertThat(page).containsExactly("output 30", "output 12");
        assertThat(served).containsExactly("acknowledged 10", "acknowledged 42");
    }

    @Test
    void aPageCannotHaveSeenWhatItDidNotGet() {
        output(30);
        assertThatThrownBy(() -> stream.seen(1_031)).isInstanceOf(ProtocolException.class);
        stream.seen(1_020);
        assertThatThrownBy(() -> stream.seen(1_019)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void inputIsTakenWhenTheNodeSaysSo() {
        stream.type(new byte[20]);
        stream.consumed(5);
        stream.consumed(15);
        assertThat(served).containsExactly("data 20");
        assertThat(page).containsExactly("taken 55", "taken 70");
    }

    @Test
    void inputHasALimit() {
        stream.type(new byte[BrowserStream.Amounts.TERMINAL.input()]);
        stream.consumed(1);
        stream.type(new byte[1]);
        assertThat(served).hasSize(2);
        stream.type(new byte[1]);
        assertThat(served).last().isEqualTo("closed LIMIT");
        assertThat(page).last().isEqualTo("over LIMIT");
        stream.type(new byte[1]);
        assertThat(served).hasSize(3);
    }

    @Test
    void itIsDoneWhenEverythingWasSeen() {
        output(8);
        stream.end();
        assertThat(served).isEmpty();
        stream.seen(1_008);
        assertThat(served).containsExactly("acknowledged 8", "acknowledged 9", "ended");
        assertThat(page).containsExactly("output 8");
        stream.consumedEnd();
        assertThat(page).last().isEqualTo("over DONE");
        assertThat(served).last().isEqualTo("closed DONE");
    }

    @Test
    void aPageThatGoesIsHeardOnceAndHearsNothing() {
        stream.leave(StreamEnd.LINK_LOST, "");
        stream.leave(StreamEnd.LINK_LOST, "");
        stream.reset(StreamEnd.RIGHT_ENDED, "");
        output(5);
        stream.seen(2_000);
        assertThat(served).containsExactly("closed LINK_LOST");
        assertThat(page).isEmpty();
    }

    @Test
    void oneThatGoesBeforeItIsServedIsHeardToo() {
        stream = stream();
        stream.leave(StreamEnd.LINK_LOST, "");
        stream.listen(new Served());
        stream.accept(Headers.EMPTY);
        assertThat(served).containsExactly("closed LINK_LOST");
        assertThat(page).isEmpty();
    }

    private final class Page implements BrowserStream.Page {
        @Override
        public void attached(TerminalStream.Offsets offsets) {
            page.add("attached " + offsets.from() + " " + offsets.taken());
        }

        @Override
        public void output(ByteBuf bytes) {
            page.add("output " + bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void inputTaken(long upTo) {
            page.add("taken " + upTo);
        }

        @Override
        public void over(StreamEnd cause, String message) {
            page.add("over " + cause);
        }
    }

    private final class Served implements StreamListener {
        @Override
        public void data(ByteBuf bytes) {
            served.add("data " + bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void ended() {
            served.add("ended");
        }

        @Override
        public void granted(int window) {
            served.add("granted");
        }

        @Override
        public void acknowledged(long consumed) {
            served.add("acknowledged " + consumed);
        }

        @Override
        public void closed(StreamEnd cause, String message) {
            served.add("closed " + cause);
        }
    }
}
