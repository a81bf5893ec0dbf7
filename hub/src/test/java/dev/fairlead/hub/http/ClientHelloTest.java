package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class ClientHelloTest {

    private static ByteBuf hello(String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("hub.example", 443);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        var bytes = java.nio.ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(java.nio.ByteBuffer.allocate(0), bytes);
        return Unpooled.wrappedBuffer(bytes.flip());
    }

    @Test
    void aNodeSaysThatItComesForItsLink() throws Exception {
        var hello = hello("fairlead.1", "http/1.1");
        int length = hello.readableBytes();
        assertThat(ClientHello.isForLink(hello)).isTrue();
        assertThat(hello.readableBytes()).isEqualTo(length);
        assertThat(ClientHello.isForLink(hello("http/1.1", "fairlead.1"))).isTrue();
    }

    @Test
    void nobodyElseDoes() throws Exception {
        assertThat(ClientHello.isForLink(hello())).isFalse();
        assertThat(ClientHello.isForLink(hello("h2", "http/1.1"))).isFalse();
        assertThat(ClientHello.isForLink(hello("fairlead.2", "fairlead.10"))).isFalse();
        assertThat(ClientHello.isForLink(Unpooled.EMPTY_BUFFER)).isFalse();
        assertThat(
                        ClientHello.isForLink(
                                Unpooled.wrappedBuffer("GET / HTTP/1.1\r\n\r\n".getBytes())))
                .isFalse();
    }

    @Test
    void whatIsCutOrGarbledIsNoFault() throws Exception {
        var hello = hello("http/1.1", "fairlead.1");
        for (int length = 0; length < hello.readableBytes(); length++) {
            ClientHello.isForLink(hello.slice(0, length));
        }
        var random = new Random(4);
        for (int i = 0; i < 100_000; i++) {
            var garbled = hello.copy();
            for (int j = 0; j < 3; j++) {
                garbled.setByte(random.nextInt(garbled.readableBytes()), random.nextInt(256));
            }
            ClientHello.isForLink(garbled);
        }
    }
}
