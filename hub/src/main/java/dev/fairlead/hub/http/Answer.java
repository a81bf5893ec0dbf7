package dev.fairlead.hub.http;

import java.util.Map;
import java.util.function.Consumer;

/// What a route answers.
public sealed interface Answer {

    /// A value of the contract's schema.
    record Value(int status, Object value) implements Answer {}

    /// Done, and there is nothing to say (204).
    record Done() implements Answer {}

    /// A stream of live events; `source` runs on a virtual thread of its own until it returns or
    /// the stream is closed.
    record Live(Consumer<EventStream> source) implements Answer {}

    /// An answer that also sets or takes away the browser's cookie.
    record WithCookie(Answer answer, String cookie) implements Answer {}

    /// It was not done.
    record Refused(Problem problem, Map<String, String> headers) implements Answer {}

    static Answer ok(Object value) {
        return new Value(200, value);
    }

    static Answer created(Object value) {
        return new Value(201, value);
    }

    static Answer done() {
        return new Done();
    }
}
