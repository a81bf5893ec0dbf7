package dev.fairlead.lab;

import static org.awaitility.Awaitility.await;

import dev.fairlead.cli.api.HubApi;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A page of the console that shows one terminal, as `docs/protocol.md` has it, section Terminals:
/// it can lose its socket, and attach anew.
final class LabPage implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /// What it has seen and does not acknowledge, so that a page that is loaded anew sees it again.
    private static final int HISTORY = 12 * 1024;

    private static final int HEADER = 5;

    /// Bytes in one message.
    private static final int LONGEST = 48 * 1024;

    private static final Pattern PASTE = Pattern.compile("\u001b\\[\\?2004[hl]\r?\n?");

    private final Lab lab;
    private final HubApi api;
    private final String token;
    private final HttpClient http;
    private final JsonMapper json = JsonMapper.shared();
    private String terminal = "";
    private @Nullable Attachment attachment;

    // What the page keeps over its sockets; guarded by this.
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ArrayDeque<Long> boundaries = new ArrayDeque<>();
    private byte[] part = new byte[0];
    private long boundary;
    private long seen;
    private byte[] typed = new byte[0];
    private long typedFrom;
    private @Nullable Integer exit;
    private boolean copies;
    private boolean fresh = true;
    private final StringBuilder errors = new StringBuilder();

    LabPage(Lab lab, String token) throws Exception {
        this.lab = lab;
        this.token = token;
        this.api = lab.api(token);
        this.http = client(lab);
    }

    static HttpClient client(Lab lab) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry(
                "hub",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(
                                        lab.ca().getBytes(StandardCharsets.US_ASCII))));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    HubApi api() {
        return api;
    }

    String terminal() {
        return terminal;
    }

    /// A ticket for a new terminal.
    String openTicket(String node) {
        var made =
                api.post(HubApi.path("tenants", Lab.TENANT, "nodes", node, "terminals"), Map.of());
        terminal = made.path("terminal").asString("");
        return made.path("ticket").asString("");
    }

    /// A copy of a file, begun or taken up again.
    void copy(String node, String direction, String path) throws Exception {
        boolean goesOn = copies;
        copies = true;
        var body = new java.util.HashMap<String, Object>();
        body.put("direction", direction);
        body.put("path", path);
        if (goesOn) {
            body.put("goesOn", terminal);
        }
        var made = api.post(HubApi.path("tenants", Lab.TENANT, "nodes", node, "file-copies"), body);
        terminal = made.path("terminal").asString("");
        connect(made.path("ticket").asString(""), 80, 24, goesOn).awaitAttached();
    }

    void send(byte[] bytes) {
        input(0, bytes);
    }

    void endInput() {
        input(5, new byte[0]);
    }

    /// How many bytes of input the node has not taken.
    synchronized int waiting() {
        return typed.length;
    }

    synchronized byte[] output() {
        return shown.toByteArray();
    }

    synchronized String errors() {
        return errors.toString();
    }

    LabPage open(String node, int columns, int rows) throws Exception {
        connect(openTicket(node), columns, rows, false).awaitAttached();
        return this;
    }

    /// A ticket for the terminal that this page shows.
    String ticket() {
        return api.post(HubApi.path("terminals", terminal, "tickets")).path("ticket").asString("");
    }

    /// Shows a terminal that there is, as a page that was loaded anew.
    LabPage take(String there) throws Exception {
        terminal = there;
        connect(ticket(), 80, 24, false).awaitAttached();
        return this;
    }

    /// Takes the terminal up where it was, as often as the hub says that this may help.
    void attachAgain() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    connect(ticket(), 80, 24, true).awaitAttached();
                    return true;
                });
    }

    /// Sends the first message; says nothing of what comes of it.
    Attachment connect(String ticket, int columns, int rows, boolean goesOn) throws Exception {
        var next = new Attachment();
        var socket = socket(http, lab.hub().url(), token, null, next);
        next.socket = socket;
        long from;
        synchronized (this) {
            from = seen;
            attachment = next;
        }
        socket.sendText(
                        goesOn
                                ? "{\"ticket\":\"%s\",\"columns\":%d,\"rows\":%d,\"from\":%d}"
                                        .formatted(ticket, columns, rows, from)
                                : "{\"ticket\":\"%s\",\"columns\":%d,\"rows\":%d}"
                                        .formatted(ticket, columns, rows),
                        true)
                .get(30, TimeUnit.SECONDS);
        return next;
    }

    /// Says this first, and gives how that ends.
    String say(String first) throws Exception {
        var next = new Attachment();
        socket(http, lab.hub().url(), token, null, next)
                .sendText(first, true)
                .get(30, TimeUnit.SECONDS);
        return next.end();
    }

    /// @param token null for none
    /// @param origin null for none
    static WebSocket socket(
            HttpClient http,
            URI hub,
            @Nullable String token,
            @Nullable String origin,
            WebSocket.Listener listener)
            throws Exception {
        var builder = http.newWebSocketBuilder().connectTimeout(PATIENCE);
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        if (origin != null) {
            builder.header("Origin", origin);
        }
        return builder.buildAsync(
                        URI.create(
                                "wss" + hub.toString().substring("https".length()) + "/terminal"),
                        listener)
                .get(60, TimeUnit.SECONDS);
    }

    /// Breaks the socket off without a word.
    void cut() {
        var at = attachment;
        if (at != null) {
            at.socket().abort();
        }
    }

    void type(String text) {
        input(0, text.getBytes(StandardCharsets.UTF_8));
    }

    void resize(int columns, int rows) {
        input(7, ByteBuffer.allocate(4).putShort((short) columns).putShort((short) rows).array());
    }

    private void input(int kind, byte[] bytes) {
        byte[] message =
                ByteBuffer.allocate(HEADER + bytes.length)
                        .put((byte) kind)
                        .putInt(bytes.length)
                        .put(bytes)
                        .array();
        Attachment at;
        synchronized (this) {
            int before = typed.length;
            typed = Arrays.copyOf(typed, before + message.length);
            System.arraycopy(message, 0, typed, before, message.length);
            at = attachment;
        }
        if (at != null) {
            at.send(message);
        }
    }

    /// All that was shown, but for how bash switches the bracketing of what is pasted.
    synchronized String shown() {
        return PASTE.matcher(shown.toString(StandardCharsets.UTF_8)).replaceAll("");
    }

    synchronized long bytes() {
        return shown.size();
    }

    synchronized void forget() {
        shown.reset();
    }

    void sees(String text) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> org.assertj.core.api.Assertions.assertThat(shown()).contains(text));
    }

    /// The shell's exit code, once the terminal is over.
    int exit() {
        var at = attachment;
        await().atMost(PATIENCE).until(() -> at != null && at.end.isDone());
        synchronized (this) {
            return exit == null ? -1 : exit;
        }
    }

    /// `CAUSE: MESSAGE`, once this page was told the end.
    String end() {
        var at = attachment;
        if (at == null) {
            throw new IllegalStateException("nothing is attached");
        }
        return at.end();
    }

    private synchronized void output(Attachment from, byte[] bytes) {
        if (from != attachment) {
            return;
        }
        int skip = (int) Math.min(from.skips, bytes.length);
        from.skips -= skip;
        var all = new ByteArrayOutputStream();
        all.writeBytes(part);
        all.write(bytes, skip, bytes.length - skip);
        var in = ByteBuffer.wrap(all.toByteArray());
        while (in.remaining() >= HEADER
                && in.remaining() >= HEADER + in.getInt(in.position() + 1)) {
            int type = in.get();
            byte[] payload = new byte[in.getInt()];
            in.get(payload);
            boundary += HEADER + payload.length;
            if (type == 1) {
                shown.writeBytes(payload);
            } else if (type == 2) {
                errors.append(new String(payload, StandardCharsets.UTF_8));
            } else if (type == 3) {
                exit = ByteBuffer.wrap(payload).getInt();
            }
            boundaries.add(boundary);
        }
        part = Arrays.copyOfRange(in.array(), in.position(), in.limit());
        acknowledge(from);
    }

    private void acknowledge(Attachment to) {
        if (copies) {
            // Nobody else goes on with it, so that every byte counts by itself.
            seen = boundary + part.length;
            to.say("{\"seen\":%d}".formatted(seen));
            return;
        }
        long least = exit == null ? boundary - HISTORY : boundary;
        long upTo = -1;
        while (!boundaries.isEmpty() && boundaries.peek() <= least) {
            upTo = boundaries.remove();
        }
        if (upTo > seen) {
            seen = upTo;
            to.say("{\"seen\":%d}".formatted(upTo));
        }
    }

    private synchronized void attached(Attachment at, long from, long input) {
        if (at != attachment) {
            return;
        }
        if (fresh) {
            // A fresh page takes what there is.
            fresh = false;
            boundary = from;
            seen = from;
            typedFrom = input;
        }
        at.skips = boundary + part.length - from;
        taken(input);
        for (int sent = 0; sent < typed.length; sent += LONGEST) {
            at.send(Arrays.copyOfRange(typed, sent, Math.min(typed.length, sent + LONGEST)));
        }
    }

    private synchronized void taken(long upTo) {
        int n = (int) (upTo - typedFrom);
        typed = Arrays.copyOfRange(typed, n, typed.length);
        typedFrom = upTo;
    }

    @Override
    public void close() throws Exception {
        cut();
        api.close();
        http.shutdownNow();
    }

    /// One WebSocket of the page.
    final class Attachment implements WebSocket.Listener {

        private final CompletableFuture<JsonNode> attached = new CompletableFuture<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
        private long skips;
        private @Nullable WebSocket socket;

        private WebSocket socket() {
            return java.util.Objects.requireNonNull(socket);
        }

        void awaitAttached() throws Exception {
            attached.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        String end() {
            try {
                return end.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            } catch (CompletionException e) {
                throw new IllegalStateException("the page hears no end", e);
            }
        }

        synchronized void send(byte[] bytes) {
            sent =
                    sent.thenCompose(_ ->
                            socket().sendBinary(ByteBuffer.wrap(bytes), true).thenApply(s -> s));
        }

        synchronized void say(String message) {
            sent = sent.thenCompose(_ -> socket().sendText(message, true).thenApply(s -> s));
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket on, CharSequence data, boolean last) {
            socket = on;
            text.append(data);
            if (last) {
                var message = json.readTree(text.toString());
                text.setLength(0);
                hear(message);
            }
            on.request(1);
            return null;
        }

        private void hear(JsonNode message) {
            if (message.has("attached")) {
                var at = message.path("attached");
                LabPage.this.attached(this, at.path("from").asLong(), at.path("input").asLong());
                attached.complete(at);
            } else if (message.has("taken")) {
                if (this == attachment) {
                    LabPage.this.taken(message.path("taken").asLong());
                }
            } else if (message.has("end")) {
                var said = message.path("end");
                String words =
                        said.path("cause").asString("") + ": " + said.path("message").asString("");
                attached.completeExceptionally(new IllegalStateException(words));
                end.complete(words);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket on, ByteBuffer data, boolean last) {
            socket = on;
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            output(this, bytes);
            on.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket on, int code, String reason) {
            over("closed " + code);
            return null;
        }

        @Override
        public void onError(WebSocket on, Throwable error) {
            over(String.valueOf(error));
        }

        private void over(String words) {
            attached.completeExceptionally(new IllegalStateException(words));
            end.complete(words);
        }
    }
}
