package dev.fairlead.lab.fuzz;

import dev.fairlead.agent.AgentConfigFuzz;
import dev.fairlead.hub.HubConfigFuzz;
import dev.fairlead.link.FrameDecoderFuzz;
import dev.fairlead.link.HeadersFuzz;
import dev.fairlead.link.LinkFuzz;
import dev.fairlead.link.handshake.HandshakeFuzz;
import dev.fairlead.link.handshake.TokensFuzz;
import dev.fairlead.link.ws.WebSocketFuzz;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The fuzzers.
enum Target {
    HEADERS(HeadersFuzz.class, HeadersFuzz::fuzzerTestOneInput, 4_096),
    FRAMES(FrameDecoderFuzz.class, FrameDecoderFuzz::fuzzerTestOneInput, 4_096),
    LINK(LinkFuzz.class, LinkFuzz::fuzzerTestOneInput, 16_384),
    WEBSOCKET(WebSocketFuzz.class, WebSocketFuzz::fuzzerTestOneInput, 4_096),
    HANDSHAKE(HandshakeFuzz.class, HandshakeFuzz::fuzzerTestOneInput, 4_096),
    TOKENS(TokensFuzz.class, TokensFuzz::fuzzerTestOneInput, 1_024),
    HUB_CONFIG(HubConfigFuzz.class, HubConfigFuzz::fuzzerTestOneInput, 2_048),
    AGENT_CONFIG(AgentConfigFuzz.class, AgentConfigFuzz::fuzzerTestOneInput, 2_048);

    private static final Path CORPUS = Path.of("src/test/fuzz");

    private final Class<?> type;
    private final Consumer<byte[]> once;
    private final int most;

    Target(Class<?> type, Consumer<byte[]> once, int most) {
        this.type = type;
        this.once = once;
        this.most = most;
    }

    Class<?> type() {
        return type;
    }

    /// The longest input, in bytes.
    int most() {
        return most;
    }

    /// Tries one input.
    void once(byte[] input) {
        once.accept(input);
    }

    Path corpus() {
        return CORPUS.resolve(toString());
    }

    /// The fuzzer's name.
    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
