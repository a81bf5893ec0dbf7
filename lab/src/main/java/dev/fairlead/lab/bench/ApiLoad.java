package dev.fairlead.lab.bench;

import ch.qos.logback.classic.Level;
import dev.fairlead.hub.observe.Logging;
import dev.fairlead.link.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A process that asks a hub's API at a steady rate, whether it answers or not: a request that has
/// to wait for its turn has waited since it was due. It reads commands, one per line, and answers
/// each by a line of `key=value`, or by `error MESSAGE`:
///
/// ```
/// sign-in USER PASSWORD
/// ask RATE MILLIS        so many requests a second
/// return RATE MILLIS     the same from the hub's first answer on, for which it waits
/// ```
final class ApiLoad {

    private static final int CONNECTIONS = 32;
    private static final int PATIENCE_SECONDS = 30;
    private static final int CONNECT_MILLIS = 2_000;
    private static final long SLOW_NANOS = 250_000_000;
    private static final int MOST = 4 << 20;
    private static final int OK = 200;
    private static final int CREATED = 201;

    /// What people's programs ask most.
    private static final List<String> PATHS =
            List.of(
                    "/api/v1/me",
                    "/api/v1/tenants/herd/nodes?limit=20",
                    "/api/v1/tenants/herd/nodes/node-1");

    private final InetSocketAddress hub;
    private final EventLoop loop = EventLoops.create(1, "api").next();
    private final SslContext tls;
    private String token = "";

    private ApiLoad(int port) throws IOException {
        this.hub = new InetSocketAddress(InetAddress.ofLiteral(Ports.HERE), port);
        // The bench trusts the hub that it has started.
        this.tls =
                SslContextBuilder.forClient()
                        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .build();
    }

    public static void main(String[] args) throws IOException {
        Logging.start(Level.WARN);
        var load = new ApiLoad(Integer.parseInt(args[0]));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(load.answer(line.split(" ")));
        }
    }

    private String answer(String[] command) {
        try {
            var found =
                    switch (command[0]) {
                        case "sign-in" -> signIn(command[1], command[2]);
                        case "ask" -> new Asking(command[1], command[2]).go();
                        case "return" -> {
                            double first = awaitAnswer();
                            var asked = new Asking(command[1], command[2]).go();
                            asked.put("at", first);
                            yield asked;
                        }
                        default -> throw new IOException("no command " + command[0]);
                    };
            var line = new StringBuilder();
            found.forEach((key, value) -> line.append(key).append('=').append(value).append(' '));
            return line.toString().strip();
        } catch (IOException | ExecutionException | InterruptedException e) {
            return "error " + e;
        }
    }

    private TreeMap<String, Double> signIn(String user, String password)
            throws IOException, ExecutionException, InterruptedException {
        var request = request(HttpMethod.POST, "/api/v1/sign-ins");
        request.content()
                .writeCharSequence(
                        "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password),
                        StandardCharsets.UTF_8);
        request.headers()
                .set("Content-Type", "application/json")
                .set("Content-Length", request.content().readableBytes());
        var answer = askOnce(request);
        if (answer.status != CREATED) {
            throw new IOException("sign-in: " + answer.status + " " + answer.body);
        }
        int at = answer.body.indexOf("\"fls_") + 1;
        token = answer.body.substring(at, answer.body.indexOf('"', at));
        return new TreeMap<>(Map.of("ok", 1.0));
    }

    /// When the hub first answered, by the clock.
    private double awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                if (askOnce(get(PATHS.getFirst())).status == OK) {
                    return System.currentTimeMillis();
                }
            } catch (ExecutionException e) {
                if (System.nanoTime() > end) {
                    throw new IOException(e.getCause());
                }
            }
            Thread.sleep(10);
        }
    }

    private Answer askOnce(FullHttpRequest request)
            throws ExecutionException, InterruptedException {
        var connection = new Connection();
        try {
            return connection.ask(request).get();
        } finally {
            connection.close();
        }
    }

    private FullHttpRequest get(String path) {
        var request = request(HttpMethod.GET, path);
        request.headers().set("Authorization", "Bearer " + token);
        return request;
    }

    private static FullHttpRequest request(HttpMethod method, String path) {
        var request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, Unpooled.buffer());
        request.headers().set("Host", "localhost");
        return request;
    }

    /// So many requests, each at its time, or as soon as a connection is free.
    private final class Asking {

        private final double rate;
        private final long[] nanos;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private final long began = System.nanoTime();
        private int next;
        private final TreeMap<String, Double> failed = new TreeMap<>();
        private int working = CONNECTIONS;

        Asking(String rate, String millis) {
            this.rate = Double.parseDouble(rate);
            this.nanos = new long[(int) (this.rate * Long.parseLong(millis) / 1_000)];
        }

        TreeMap<String, Double> go() throws ExecutionException, InterruptedException {
            loop.execute(() -> {
                for (int i = 0; i < CONNECTIONS; i++) {
                    next(new Connection());
                }
            });
            over.get();
            var found = new TreeMap<String, Double>();
            for (int i = 0; i < nanos.length; i++) {
                if (nanos[i] > SLOW_NANOS) {
                    found.merge("slow", 1.0, Double::sum);
                    found.put("slow-until", i / rate);
                }
            }
            Arrays.sort(nanos);
            found.put("requests", (double) nanos.length);
            found.put("failed", failed.values().stream().mapToDouble(n -> n).sum());
            found.putAll(failed);
            found.put("p50", nanos[nanos.length / 2] / 1e6);
            found.put("p99", nanos[(int) (nanos.length * 0.99)] / 1e6);
            found.put("max", nanos[nanos.length - 1] / 1e6);
            return found;
        }

        private void next(Connection connection) {
            if (next == nanos.length) {
                connection.close();
                if (--working == 0) {
                    over.complete(null);
                }
                return;
            }
            int mine = next++;
            long due = began + (long) (mine * 1e9 / rate);
            loop.schedule(
                    () -> ask(connection, mine, due),
                    Math.max(0, due - System.nanoTime()),
                    TimeUnit.NANOSECONDS);
        }

        private void ask(Connection connection, int mine, long due) {
            connection
                    .ask(get(PATHS.get(mine % PATHS.size())))
                    .whenComplete((answer, failure) -> {
                        nanos[mine] = System.nanoTime() - due;
                        if (failure != null) {
                            failed.merge("broken", 1.0, Double::sum);
                            connection.close();
                            next(new Connection());
                        } else {
                            if (answer.status != OK) {
                                failed.merge("answered-" + answer.status, 1.0, Double::sum);
                            }
                            next(connection);
                        }
                    });
        }
    }

    private record Answer(int status, String body) {}

    /// A connection that is used again and again, for one request after the other; connected when
    /// it is first used.
    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {

        private @Nullable Channel channel;
        private @Nullable CompletableFuture<Answer> asked;

        CompletableFuture<Answer> ask(FullHttpRequest request) {
            var answer = new CompletableFuture<Answer>();
            loop.execute(() -> {
                asked = answer;
                var open = channel;
                if (open == null) {
                    connect(request);
                } else {
                    send(open, request);
                }
            });
            return answer;
        }

        private void connect(FullHttpRequest request) {
            new Bootstrap()
                    .group(loop)
                    .channel(EventLoops.socket(loop))
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .handler(
                            new ChannelInitializer<>() {
                                @Override
                                protected void initChannel(Channel opened) {
                                    var ssl = tls.newHandler(opened.alloc());
                                    ssl.setHandshakeTimeoutMillis(
                                            TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                                    opened.pipeline()
                                            .addLast(ssl)
                                            .addLast(new ReadTimeoutHandler(PATIENCE_SECONDS))
                                            .addLast(new HttpClientCodec())
                                            .addLast(new HttpObjectAggregator(MOST))
                                            .addLast(Connection.this);
                                }
                            })
                    .connect(hub)
                    .addListener((ChannelFuture connected) -> {
                        if (connected.isSuccess()) {
                            channel = connected.channel();
                            send(connected.channel(), request);
                        } else {
                            request.release();
                            fail(connected.cause());
                        }
                    });
        }

        private void send(Channel open, FullHttpRequest request) {
            open.writeAndFlush(request)
                    .addListener(sent -> {
                        if (!sent.isSuccess()) {
                            fail(sent.cause());
                        }
                    });
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            var waiting = asked;
            asked = null;
            if (waiting != null) {
                waiting.complete(
                        new Answer(
                                response.status().code(),
                                response.content().toString(StandardCharsets.UTF_8)));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail(new IOException("the hub ended the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
            ctx.close();
        }

        private void fail(Throwable cause) {
            var waiting = asked;
            asked = null;
            if (waiting != null) {
                waiting.completeExceptionally(cause);
            }
        }

        void close() {
            loop.execute(() -> {
                var open = channel;
                if (open != null) {
                    open.close();
                }
            });
        }
    }
}
