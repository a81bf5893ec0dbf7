package dev.fairlead.hub;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was started, to be ended in reverse. What fails to end is logged, and the rest goes on.
final class Started implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Started.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable end) {}

    <T extends AutoCloseable> T add(String name, T part) {
        atEnd(name, part);
        return part;
    }

    void atEnd(String name, AutoCloseable end) {
        parts.push(new Part(name, end));
    }

    @Override
    public void close() {
        for (var part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.end.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                log.warn("Interrupted while {} was closing", part.name);
            } catch (Exception e) {
                log.warn("{} did not close in order", part.name, e);
            }
        }
    }
}
