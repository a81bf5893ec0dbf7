package dev.fairlead.agent.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Names by the machine's own resolver, so hosts file and nsswitch count.
///
/// The resolver blocks in native code, which would hold a carrier of the virtual threads for as
/// long as a dead DNS server is waited for; so it has a few threads of its own.
public final class SystemLookup implements NameLookup, AutoCloseable {

    private static final int THREADS = 8;
    private static final int WAITING = 256;

    private final Duration timeout;
    private final ThreadPoolExecutor threads;

    public SystemLookup(Duration timeout) {
        this.timeout = timeout;
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING),
                        Thread.ofPlatform().daemon().name("names-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public List<InetAddress> addresses(String name) throws UnknownHostException {
        try {
            return CompletableFuture.supplyAsync(() -> resolve(name), threads)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | RejectedExecutionException e) {
            throw unknown(
                    name + ": the resolver did not answer within " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw unknown(name + ": no such name, or no DNS server answers", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(name + ": the lookup was interrupted", e);
        }
    }

    private static List<InetAddress> resolve(String name) {
        try {
            return List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        var unknown = new UnknownHostException(message);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
