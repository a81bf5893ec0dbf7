package dev.fairlead.agent.serve;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers for a day which calls with effects were run, so that a repeat after a lost answer, a
/// reconnect or a restart gets the old answer and never runs the call twice.
///
/// A line of the file is written and synced before a call runs, and another after it: a call of
/// which only the first is there was cut off by a crash, and its repeat is told so. When a day has
/// seen more calls than are remembered, new ones are refused; none is forgotten early.
public final class CallMemory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CallMemory.class);
    private static final Duration DAY = Duration.ofDays(1);

    /// With a kilobyte of answer each, some 4 MB.
    private static final int MAX_CALLS = 4_096;

    private final InstantSource clock;
    private final Path file;
    private final FileChannel log;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// What is done once.
    @FunctionalInterface
    public interface Work {
        byte[] run() throws IOException;
    }

    private record Entry(long millis, CallOutcome outcome) {}

    /// Reads what an earlier process remembered and makes the file short again.
    ///
    /// @throws IOException where the file cannot be read or written
    public CallMemory(Path file, InstantSource clock) throws IOException {
        this.file = file;
        this.clock = clock;
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                load(line);
            }
        } catch (NoSuchFileException e) {
            // The first start.
        }
        forgetOld();
        this.log = rewrite();
    }

    /// Runs a call that has effects, or gives the answer of the time when it ran.
    ///
    /// @throws StreamException also where it is running now, was cut off by a crash, or too many
    ///   calls are remembered
    public byte[] once(String id, Work work) throws IOException {
        synchronized (this) {
            forgetOld();
            var known = entries.get(id);
            if (known != null) {
                return known.outcome.repeat();
            }
            if (entries.size() >= MAX_CALLS) {
                throw new StreamException(
                        StreamEnd.LIMIT,
                        "This node has run " + MAX_CALLS + " calls in a day; try again tomorrow.");
            }
            remember(id, new CallOutcome.Running());
        }
        CallOutcome outcome = new CallOutcome.Failed(StreamEnd.INTERNAL, "It failed.");
        try {
            byte[] answer = work.run();
            outcome = CallOutcome.done(answer);
            return answer;
        } catch (StreamException e) {
            outcome = new CallOutcome.Failed(e.end(), String.valueOf(e.getMessage()));
            throw e;
        } finally {
            synchronized (this) {
                remember(id, outcome);
            }
        }
    }

    private void remember(String id, CallOutcome outcome) throws IOException {
        var entry = new Entry(clock.millis(), outcome);
        var line = ByteBuffer.wrap(line(id, entry).getBytes(StandardCharsets.US_ASCII));
        while (line.hasRemaining()) {
            log.write(line);
        }
        log.force(false);
        entries.put(id, entry);
    }

    private void forgetOld() {
        long before = clock.millis() - DAY.toMillis();
        entries.values()
                .removeIf(entry ->
                        entry.millis < before && !(entry.outcome instanceof CallOutcome.Running));
    }

    /// `millis id outcome...`
    private static String line(String id, Entry entry) {
        return entry.millis + " " + CallOutcome.encode(id) + " " + entry.outcome.text() + "\n";
    }

    private void load(String line) {
        try {
            String[] part = line.split(" ", 3);
            var entry = new Entry(Long.parseLong(part[0]), CallOutcome.parse(part[2]));
            entries.put(CallOutcome.decode(part[1]), entry);
        } catch (RuntimeException e) {
            // A crash can cut the last line short, in front of its call.
            LOG.warn("A line of {} cannot be read and is left out", file);
        }
    }

    private FileChannel rewrite() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        var channel =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        var text = new StringBuilder();
        entries.forEach((id, entry) -> text.append(line(id, entry)));
        var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return channel;
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
