package dev.fairlead.lab.bench;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
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
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int OK = 200;
    private static final int CREATED = 201;

    /// What people's programs ask most.
    private static final List<String> PATHS =
            List.of(
                    "/api/v1/me",
                    "/api/v1/tenants/herd/nodes?limit=20",
                    "/api/v1/tenants/herd/nodes/node-1");

    private final int port;
    private final SSLSocketFactory sockets;
    private String token = "";

    private ApiLoad(int port) throws GeneralSecurityException {
        this.port = port;
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        this.sockets = context.getSocketFactory();
    }

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        var load = new ApiLoad(Integer.parseInt(args[0]));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(load.answer(line.split(" ")));
        }
    }

    private String answer(String[] command) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var found =
                    switch (command[0]) {
                        case "sign-in" -> signIn(command[1], command[2]);
                        case "ask" ->
                                ask(
                                        threads,
                                        Double.parseDouble(command[1]),
                                        Long.parseLong(command[2]));
                        case "return" -> {
                            double first = awaitAnswer();
                            var asked =
                                    ask(
                                            threads,
                                            Double.parseDouble(command[1]),
                                            Long.parseLong(command[2]));
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

    private TreeMap<String, Double> signIn(String user, String password) throws IOException {
        String body = "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password);
        try (var connection = new Connection()) {
            var answer =
                    connection.ask(
                            "POST /api/v1/sign-ins HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body);
            if (answer.status != CREATED) {
                throw new IOException("sign-in: " + answer.status + " " + answer.body);
            }
            int at = answer.body.indexOf("\"fls_") + 1;
            token = answer.body.substring(at, answer.body.indexOf('"', at));
        }
        return new TreeMap<>(Map.of("ok", 1.0));
    }

    private Answer get(Connection connection, String path) throws IOException {
        return connection.ask(
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + token
                        + "\r\n\r\n");
    }

    /// When the hub first answered, by the clock.
    private double awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            try (var connection = new Connection()) {
                if (get(connection, PATHS.getFirst()).status == OK) {
                    return System.currentTimeMillis();
                }
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            Thread.sleep(10);
        }
    }

    private TreeMap<String, Double> ask(ExecutorService threads, double rate, long millis)
            throws ExecutionException, InterruptedException {
        int requests = (int) (rate * millis / 1_000);
        long[] nanos = new long[requests];
        var next = new AtomicLong();
        var failed = new AtomicLong();
        long began = System.nanoTime();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            workers.add(
                    threads.submit(() -> {
                        @Nullable Connection connection = null;
                        for (int mine = (int) next.getAndIncrement();
                                mine < requests;
                                mine = (int) next.getAndIncrement()) {
                            long due = began + (long) (mine * 1e9 / rate);
                            long wait = due - System.nanoTime();
                            if (wait > 0) {
                                TimeUnit.NANOSECONDS.sleep(wait);
                            }
                            try {
                                if (connection == null) {
                                    connection = new Connection();
                                }
                                if (get(connection, PATHS.get(mine % PATHS.size())).status != OK) {
                                    failed.incrementAndGet();
                                }
                            } catch (IOException e) {
                                failed.incrementAndGet();
                                connection = null;
                            }
                            nanos[mine] = System.nanoTime() - due;
                        }
                        if (connection != null) {
                            connection.close();
                        }
                        return null;
                    }));
        }
        for (var worker : workers) {
            worker.get();
        }
        Arrays.sort(nanos);
        var found = new TreeMap<String, Double>();
        found.put("requests", (double) requests);
        found.put("failed", (double) failed.get());
        found.put("p50", nanos[requests / 2] / 1e6);
        found.put("p99", nanos[(int) (requests * 0.99)] / 1e6);
        found.put("max", nanos[requests - 1] / 1e6);
        return found;
    }

    private record Answer(int status, String body) {}

    /// A connection that is used again and again.
    private final class Connection implements AutoCloseable {

        private final SSLSocket socket;
        private final InputStream in;

        Connection() throws IOException {
            var tcp = new Socket();
            try {
                tcp.connect(new InetSocketAddress(InetAddress.ofLiteral(Ports.HERE), port), 2_000);
                tcp.setSoTimeout(PATIENCE_MILLIS);
                tcp.setTcpNoDelay(true);
                socket = (SSLSocket) sockets.createSocket(tcp, "localhost", port, true);
                in = new BufferedInputStream(socket.getInputStream());
            } catch (IOException e) {
                tcp.close();
                throw e;
            }
        }

        Answer ask(String request) throws IOException {
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                int status = Integer.parseInt(line().split(" ")[1]);
                int length = 0;
                for (String line = line(); !line.isEmpty(); line = line()) {
                    if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(line.substring(15).strip());
                    }
                }
                byte[] body = in.readNBytes(length);
                if (body.length < length) {
                    throw new IOException("cut short");
                }
                return new Answer(status, new String(body, StandardCharsets.UTF_8));
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the hub ended the connection");
                }
                line.append((char) c);
            }
            return line.toString().strip();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// The bench trusts the hub that it has started.
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
