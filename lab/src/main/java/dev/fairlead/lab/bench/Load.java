package dev.fairlead.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A process that makes load. It reads commands, one per line, and answers each by a line of
/// `key=value`, or by `error MESSAGE`:
///
/// ```
/// down PORT STREAMS MILLIS         reads from a source
/// up PORT STREAMS MILLIS           writes to a sink, which must have got every byte
/// echo PORT MILLIS                 64 bytes there and back, one after another
/// echo-beside PORT BULK MILLIS     the same while a stream reads from the source BULK
/// opens PORT CONNECTIONS MILLIS    connect, 64 bytes there and back, close
/// ```
final class Load {

    private static final int CHUNK = 256 * 1024;
    private static final int SMALL = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Load() {}

    public static void main(String[] args) throws IOException {
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var threads = Executors.newCachedThreadPool()) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(answer(threads, line.split(" ")));
            }
        }
    }

    private static String answer(ExecutorService threads, String[] command) {
        try {
            int port = Integer.parseInt(command[1]);
            long millis = Long.parseLong(command[command.length - 1]);
            var found =
                    switch (command[0]) {
                        case "down" ->
                                bulk(
                                        threads,
                                        Integer.parseInt(command[2]),
                                        () -> down(port, millis));
                        case "up" ->
                                bulk(threads, Integer.parseInt(command[2]), () -> up(port, millis));
                        case "echo" -> echo(port, millis);
                        case "echo-beside" ->
                                beside(threads, port, Integer.parseInt(command[2]), millis);
                        case "opens" -> opens(threads, port, Integer.parseInt(command[2]), millis);
                        default -> throw new IOException("no command " + command[0]);
                    };
            var line = new StringBuilder();
            new TreeMap<>(found)
                    .forEach(
                            (key, value) -> line.append(key).append('=').append(value).append(' '));
            return line.toString().strip();
        } catch (IOException | ExecutionException | InterruptedException e) {
            var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            return "error " + cause;
        }
    }

    /// What one stream moved.
    private record Moved(long bytes, long nanos) {
        double rate() {
            return bytes * 1e9 / nanos;
        }
    }

    private static Map<String, Object> bulk(
            ExecutorService threads, int streams, Callable<Moved> stream)
            throws ExecutionException, InterruptedException {
        List<Future<Moved>> running = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            running.add(threads.submit(stream));
        }
        List<Moved> moved = new ArrayList<>();
        for (var one : running) {
            moved.add(one.get());
        }
        double rate = moved.stream().mapToDouble(Moved::rate).sum();
        double slowest = moved.stream().mapToDouble(Moved::rate).min().orElse(0);
        return Map.of(
                "bytes",
                moved.stream().mapToLong(Moved::bytes).sum(),
                "rate",
                rate,
                "fairness",
                slowest / (rate / streams));
    }

    private static SocketChannel connect(int port) throws IOException {
        var channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static Moved down(int port, long millis) throws IOException {
        try (var channel = connect(port)) {
            var bytes = ByteBuffer.allocateDirect(CHUNK);
            long start = System.nanoTime();
            long end = start + millis * 1_000_000;
            long got = 0;
            while (System.nanoTime() < end) {
                int n = channel.read(bytes);
                if (n < 0) {
                    throw new IOException("the source ended after " + got + " bytes");
                }
                got += n;
                bytes.clear();
            }
            return new Moved(got, System.nanoTime() - start);
        }
    }

    private static Moved up(int port, long millis) throws IOException {
        try (var channel = connect(port)) {
            var bytes = ByteBuffer.allocateDirect(CHUNK);
            long start = System.nanoTime();
            long end = start + millis * 1_000_000;
            long sent = 0;
            while (System.nanoTime() < end) {
                sent += channel.write(bytes);
                if (!bytes.hasRemaining()) {
                    bytes.clear();
                }
            }
            channel.shutdownOutput();
            readFully(channel, bytes.clear().limit(Long.BYTES));
            long got = bytes.flip().getLong();
            if (got != sent) {
                throw new IOException("of " + sent + " bytes " + got + " arrived");
            }
            return new Moved(sent, System.nanoTime() - start);
        }
    }

    private static Map<String, Object> echo(int port, long millis) throws IOException {
        try (var channel = connect(port)) {
            var bytes = ByteBuffer.allocateDirect(SMALL);
            long[] nanos = new long[1 << 20];
            int count = 0;
            long end = System.nanoTime() + millis * 1_000_000;
            for (long start = System.nanoTime();
                    start < end && count < nanos.length;
                    start = System.nanoTime()) {
                thereAndBack(channel, bytes);
                nanos[count++] = System.nanoTime() - start;
            }
            Arrays.sort(nanos, 0, count);
            return Map.of(
                    "count", count,
                    "p50", nanos[count / 2] / 1e3,
                    "p99", nanos[(int) (count * 0.99)] / 1e3);
        }
    }

    private static Map<String, Object> beside(
            ExecutorService threads, int port, int bulk, long millis)
            throws IOException, ExecutionException, InterruptedException {
        var running = threads.submit(() -> down(bulk, millis + 500));
        Thread.sleep(Duration.ofMillis(300));
        var found = new TreeMap<>(echo(port, millis));
        found.put("bytes", running.get().bytes);
        return found;
    }

    private static Map<String, Object> opens(
            ExecutorService threads, int port, int connections, long millis)
            throws ExecutionException, InterruptedException {
        long start = System.nanoTime();
        long end = start + millis * 1_000_000;
        List<Future<Long>> running = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            running.add(
                    threads.submit(() -> {
                        var bytes = ByteBuffer.allocateDirect(SMALL);
                        long count = 0;
                        while (System.nanoTime() < end) {
                            try (var channel = connect(port)) {
                                thereAndBack(channel, bytes);
                            }
                            count++;
                        }
                        return count;
                    }));
        }
        long count = 0;
        for (var one : running) {
            count += one.get();
        }
        return Map.of("rate", count * 1e9 / (System.nanoTime() - start), "count", count);
    }

    private static void thereAndBack(SocketChannel channel, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        readFully(channel, bytes.clear());
    }

    private static void readFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("the connection ended early");
            }
            if (System.nanoTime() > end) {
                throw new IOException("no answer within " + PATIENCE.toSeconds() + " s");
            }
        }
    }
}
