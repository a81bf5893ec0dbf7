package dev.fairlead.agent.serve;

import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.StreamEnd;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What came of a call with effects, as it is remembered.
sealed interface CallOutcome {

    /// Longer answers are not kept.
    int MAX_ANSWER = 1_024;

    record Running() implements CallOutcome {}

    record CutOff() implements CallOutcome {}

    /// @param answer null where it was too long to keep
    record Done(byte @Nullable [] answer) implements CallOutcome {}

    record Failed(StreamEnd end, String message) implements CallOutcome {}

    static CallOutcome done(byte[] answer) {
        return new Done(answer.length <= MAX_ANSWER ? answer : null);
    }

    /// What a repeat of the call gets.
    default byte[] repeat() throws StreamException {
        return switch (this) {
            case Running() ->
                    throw new StreamException(
                            StreamEnd.LIMIT, "This call is running; ask again for its answer.");
            case CutOff() ->
                    throw new StreamException(
                            StreamEnd.INTERNAL,
                            "This call was cut off when the agent stopped; it may or may not have"
                                    + " had its effect.");
            case Failed(var end, var message) -> throw new StreamException(end, message);
            case Done(var answer) -> {
                if (answer == null) {
                    throw new StreamException(
                            StreamEnd.LIMIT,
                            "This call ran before, and its answer was too long to be kept.");
                }
                yield answer;
            }
        };
    }

    /// As the file has it.
    default String text() {
        return switch (this) {
            case Running() -> "running";
            case CutOff() -> "running";
            case Done(var answer) -> answer == null ? "done" : "done ." + base64(answer);
            case Failed(var end, var message) -> "failed " + end.code() + " ." + encode(message);
        };
    }

    /// @throws RuntimeException where the text is not one of [#text()]
    static CallOutcome parse(String text) {
        String[] part = text.split(" ");
        return switch (part[0]) {
            case "running" -> new CutOff();
            case "done" -> new Done(part.length == 1 ? null : unbase64(part[1].substring(1)));
            case "failed" ->
                    new Failed(
                            StreamEnd.ofCode(Integer.parseInt(part[1])),
                            decode(part[2].substring(1)));
            default -> throw new IllegalArgumentException("no outcome: " + part[0]);
        };
    }

    static String encode(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    static String decode(String text) {
        return new String(unbase64(text), StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] unbase64(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
