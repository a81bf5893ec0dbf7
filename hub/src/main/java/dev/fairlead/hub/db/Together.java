package dev.fairlead.hub.db;

import dev.fairlead.hub.Rejected;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What many want of the database at the same time, done together: one transaction for all who
/// asked while the one before was under way. Who asks alone is served at once; when a fleet comes
/// back, the database sees some dozens of transactions instead of thousands.
///
/// One transaction at a time, so that two never wait for each other's rows.
///
/// @param <Q> a question
/// @param <A> its answer
public final class Together<Q, A> {

    private static final Logger LOG = LoggerFactory.getLogger(Together.class);

    private final int most;
    private final Function<Q, Object> about;
    private final Executor threads;
    private final Function<List<Q>, List<A>> work;
    private final ArrayDeque<Asked<Q, A>> waiting = new ArrayDeque<>();
    private boolean working;

    private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

    /// @param most questions in one transaction
    /// @param about what a question is about: no two of one thing are in one transaction, and those
    ///   of one thing are done in the order in which they were asked
    /// @param threads virtual ones
    /// @param work answers each of the questions, in their order; where it fails they are all put
    ///   to it again, one by one, unless the failure is one that passes ([Rejected.Code#retry])
    public Together(
            int most,
            Function<Q, Object> about,
            Executor threads,
            Function<List<Q>, List<A>> work) {
        this.most = most;
        this.about = about;
        this.threads = threads;
        this.work = work;
    }

    /// Asks, and blocks until there is an answer.
    ///
    /// @throws RuntimeException as the work threw it
    public A ask(Q question) {
        try {
            return askLater(question).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : e;
        }
    }

    /// Asks, and holds up nobody: thousands who wait for their answers need no thread each. What is
    /// to be done with an answer must not block, since the next batch waits for it.
    ///
    /// @return fails as the work did
    public CompletableFuture<A> askLater(Q question) {
        var answer = new CompletableFuture<A>();
        boolean start;
        synchronized (waiting) {
            waiting.addLast(new Asked<>(question, answer));
            start = !working;
            working = true;
        }
        if (start) {
            start(answer);
        }
        return answer;
    }

    private void start(CompletableFuture<A> first) {
        try {
            threads.execute(this::workOff);
        } catch (RuntimeException e) {
            // The hub is stopping.
            synchronized (waiting) {
                working = false;
            }
            first.completeExceptionally(e);
        }
    }

    /// How many wait for their turn.
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void workOff() {
        for (var batch = next(); !batch.isEmpty(); batch = next()) {
            answer(batch);
        }
    }

    /// What is done next; where that is nothing, whoever asks next starts anew.
    private List<Asked<Q, A>> next() {
        List<Asked<Q, A>> batch = new ArrayList<>();
        var things = new HashSet<>();
        synchronized (waiting) {
            for (Iterator<Asked<Q, A>> all = waiting.iterator();
                    all.hasNext() && batch.size() < most; ) {
                var asked = all.next();
                if (things.add(about.apply(asked.question))) {
                    batch.add(asked);
                    all.remove();
                }
            }
            working = !batch.isEmpty();
        }
        return batch;
    }

    private void answer(List<Asked<Q, A>> batch) {
        try {
            var answers = work.apply(batch.stream().map(Asked::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer.complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (batch.size() == 1 || (e instanceof Rejected rejected && rejected.code().retry())) {
                batch.forEach(asked -> asked.answer.completeExceptionally(e));
                return;
            }
            LOG.warn(
                    "{} things could not be done together; doing them one by one", batch.size(), e);
            batch.forEach(asked -> answer(List.of(asked)));
        }
    }
}
