package dev.fairlead.link;

import dev.fairlead.link.BlockingStream.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One question and its answer, each a document of bytes, over a stream of its own
/// (`docs/protocol.md`, section Streams, kind `call`).
///
/// A call that fails is a refusal or reset of its stream, with a cause and a sentence: the asking
/// side gets it as a [StreamException].
public final class Calls {

    public static final String KIND = "call";

    /// The most bytes of a question or an answer.
    public static final int MAX_DOCUMENT = 1 << 20;

    private static final int MAX_ID = 64;
    private static final int MAX_METHOD = 64;
    private static final Duration MAX_DEADLINE = Duration.ofMinutes(10);

    private Calls() {}

    /// What is asked for.
    ///
    /// @param id of this call, the same for a repeat; 1 to 64 characters
    /// @param method lower-case words with hyphens
    /// @param deadline after which nobody waits for the answer
    /// @param effects whether it changes something, so that a repeat must not do it twice
    public record Question(
            String id, String method, Duration deadline, boolean effects, byte[] document) {}

    /// Does what is asked; on a thread that may block.
    @FunctionalInterface
    public interface Server {

        /// @throws StreamException with the cause and the sentence that the asking side gets
        byte[] answer(Question question) throws IOException;
    }

    /// Asks and waits for the answer; blocks.
    ///
    /// @throws StreamException when it was refused or failed, or there was no answer by the
    ///   deadline ([StreamEnd#TARGET_TIMEOUT])
    public static byte[] ask(Link link, Question question)
            throws IOException, InterruptedException {
        var headers =
                Headers.of(
                        "kind", KIND,
                        "method", question.method(),
                        "call-id", question.id(),
                        "deadline-ms", Long.toString(question.deadline().toMillis()),
                        "effects", Boolean.toString(question.effects()));
        try (var stream = BlockingStream.open(link, headers)) {
            var timer =
                    link.channel()
                            .eventLoop()
                            .schedule(
                                    () ->
                                            stream.reset(
                                                    StreamEnd.TARGET_TIMEOUT,
                                                    "no answer to "
                                                            + question.method()
                                                            + " within "
                                                            + question.deadline().toMillis()
                                                            + " ms"),
                                    question.deadline().toMillis(),
                                    java.util.concurrent.TimeUnit.MILLISECONDS);
            try (var out = stream.out()) {
                out.write(question.document());
            }
            byte[] answer = readDocument(stream.in());
            timer.cancel(false);
            return answer;
        }
    }

    /// Answers a stream of this kind on `threads`. What the server throws other than a
    /// [StreamException] is told as [StreamEnd#INTERNAL], without its text.
    public static void serve(LinkStream stream, Executor threads, Server server) {
        threads.execute(() -> {
            Question question;
            BlockingStream blocking;
            try {
                var headers = stream.headers();
                String id = headers.need("call-id");
                String method = headers.need("method");
                var deadline = deadline(headers.text("deadline-ms"));
                if (id.isEmpty() || id.length() > MAX_ID || method.length() > MAX_METHOD) {
                    throw new ProtocolException("call-id or method is empty or too long");
                }
                blocking = BlockingStream.accept(stream, Headers.EMPTY);
                question =
                        new Question(
                                id,
                                method,
                                deadline,
                                "true".equals(headers.text("effects")),
                                new byte[0]);
            } catch (ProtocolException e) {
                stream.refuse(StreamEnd.BAD_REQUEST, e.rule());
                return;
            }
            var timer =
                    stream.eventLoop()
                            .schedule(
                                    () ->
                                            blocking.reset(
                                                    StreamEnd.TARGET_TIMEOUT,
                                                    question.method()
                                                            + " was not done by its deadline"),
                                    question.deadline().toMillis(),
                                    java.util.concurrent.TimeUnit.MILLISECONDS);
            answer(blocking, question, server);
            timer.cancel(false);
        });
    }

    private static void answer(BlockingStream stream, Question head, Server server) {
        try {
            byte[] document = readDocument(stream.in());
            stream.out()
                    .write(
                            server.answer(
                                    new Question(
                                            head.id(),
                                            head.method(),
                                            head.deadline(),
                                            head.effects(),
                                            document)));
            // Only now: an answer that failed half-way must not look complete.
            stream.end();
        } catch (StreamException e) {
            stream.reset(e.end(), e.getMessage() == null ? "" : e.getMessage());
        } catch (IOException | RuntimeException e) {
            org.slf4j.LoggerFactory.getLogger(Calls.class).warn("call {} failed", head.method(), e);
            stream.reset(
                    StreamEnd.INTERNAL,
                    head.method() + " failed there; the log of the other side says how");
        }
    }

    private static Duration deadline(@Nullable String millis) {
        try {
            var deadline =
                    millis == null
                            ? Duration.ofSeconds(30)
                            : Duration.ofMillis(Long.parseLong(millis));
            if (!deadline.isPositive() || deadline.compareTo(MAX_DEADLINE) > 0) {
                throw new ProtocolException("deadline-ms must be above 0 and at most 10 minutes");
            }
            return deadline;
        } catch (NumberFormatException e) {
            throw new ProtocolException("deadline-ms is not a number");
        }
    }

    private static byte[] readDocument(InputStream in) throws IOException {
        // Most are small, and a fleet makes hundreds a second.
        byte[] document = new byte[512];
        int length = 0;
        for (int n = 0; n >= 0; n = in.read(document, length, document.length - length)) {
            length += n;
            if (length > MAX_DOCUMENT) {
                throw new StreamException(
                        StreamEnd.LIMIT,
                        "a call's document is larger than " + MAX_DOCUMENT + " bytes");
            }
            if (length == document.length) {
                document = Arrays.copyOf(document, Math.min(4 * length, MAX_DOCUMENT + 1));
            }
        }
        return Arrays.copyOf(document, length);
    }
}
