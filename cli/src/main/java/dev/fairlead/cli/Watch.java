package dev.fairlead.cli;

import dev.fairlead.cli.api.HubApi;
import dev.fairlead.cli.api.Query;
import dev.fairlead.cli.output.Table;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Keeps a list up to date: the hub's events say when to ask again. A person sees one table that
/// repaints itself; a program gets what is there, then each item again when it has changed.
final class Watch {

    private static final Duration REPAINT = Duration.ofSeconds(10);
    private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

    private final Fairlead fairlead;
    private final HubApi api;
    private final String events;
    private final Supplier<List<JsonNode>> fetch;
    private final Function<List<JsonNode>, Table> table;
    private final LinkedBlockingQueue<Wake> wakes = new LinkedBlockingQueue<>();
    private final Map<String, JsonNode> shown = new HashMap<>();

    /// Why the loop goes round.
    private sealed interface Wake {
        /// Something changed, or may have while the stream was down.
        record Changed() implements Wake {}

        /// The stream broke and is being tried again.
        record Lost(String why) implements Wake {}

        /// The stream is over.
        record Over(CliException why) implements Wake {}
    }

    /// @param events the beginning of the kinds of event that matter, such as `node.`
    Watch(
            Fairlead fairlead,
            HubApi api,
            String events,
            Supplier<List<JsonNode>> fetch,
            Function<List<JsonNode>, Table> table) {
        this.fairlead = fairlead;
        this.api = api;
        this.events = events;
        this.fetch = fetch;
        this.table = table;
    }

    /// Runs until interrupted.
    ///
    /// @throws CliException when the hub ends it: the right is gone, nobody is signed in
    void run(boolean json) {
        var follower = Thread.ofVirtual().name("events").start(this::follow);
        try {
            List<JsonNode> items = List.of();
            while (true) {
                var wake = wakes.poll(REPAINT.toMillis(), TimeUnit.MILLISECONDS);
                switch (wake) {
                    case Wake.Changed() -> {
                        wakes.removeIf(Wake.Changed.class::isInstance);
                        items = fetch.get();
                        show(json, items);
                    }
                    case Wake.Lost(String why) -> fairlead.terminal().note(why + " Trying again.");
                    case Wake.Over(CliException why) -> throw why;
                    case null -> repaint(json, items);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            follower.interrupt();
        }
    }

    private void follow() {
        try {
            api.follow(fairlead.inTenant("events"), Query.NONE)
                    .run(
                            () -> wakes.add(new Wake.Changed()),
                            e -> wakes.add(new Wake.Lost(e.getMessage())),
                            event -> {
                                if (event.kind().startsWith(events)) {
                                    wakes.add(new Wake.Changed());
                                }
                            });
        } catch (CliException e) {
            wakes.add(new Wake.Over(e));
        }
    }

    private void show(boolean json, List<JsonNode> items) {
        var terminal = fairlead.terminal();
        if (json) {
            changed(items).forEach(terminal::json);
        } else if (terminal.outIsTerminal()) {
            terminal.out().print(CLEAR);
            terminal.table(table.apply(items));
        } else {
            var changed = changed(items);
            if (!changed.isEmpty()) {
                terminal.table(table.apply(changed));
            }
        }
        terminal.out().flush();
    }

    /// Relative times grow old.
    private void repaint(boolean json, List<JsonNode> items) {
        if (!json && fairlead.terminal().outIsTerminal()) {
            show(false, items);
        }
    }

    private List<JsonNode> changed(List<JsonNode> items) {
        return items.stream()
                .filter(item -> !item.equals(putShown(item.path("id").asString(""), item)))
                .toList();
    }

    private @Nullable JsonNode putShown(String id, JsonNode item) {
        return shown.put(id, item);
    }
}
