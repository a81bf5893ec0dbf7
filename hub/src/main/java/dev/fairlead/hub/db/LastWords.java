package dev.fairlead.hub.db;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the server says: to the log, and its last lines kept for a message.
final class LastWords {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private final Deque<String> last = new ArrayDeque<>();

    void follow(Process process) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.debug("{}", line);
                synchronized (last) {
                    last.addLast(line);
                    if (last.size() > 12) {
                        last.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("The log of PostgreSQL ended", e);
        }
    }

    String text() {
        synchronized (last) {
            return String.join("; ", last);
        }
    }
}
