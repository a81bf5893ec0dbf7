package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Sends a tenant's numbered log to a reader as it grows: from where the reader stopped, or from
/// now.
///
/// @param <E> one line of the log
public final class FollowLog<E> {

    private static final int BATCH = 100;

    private final Guard guard;
    private final Source<E> source;
    private final ToLongFunction<E> number;
    private final Function<E, String> name;
    private final Function<E, Object> show;

    /// A log in which numbers come in commit order.
    public interface Source<E> {

        long last(TenantId tenant);

        List<E> after(TenantId tenant, long number, int limit);

        AutoCloseable follow(TenantId tenant, Runnable wake);
    }

    /// Which lines this reader gets; asked anew for each batch, with the rights of then.
    public interface Filter<E> {
        boolean passes(E line);
    }

    /// @param name the event's name for the reader
    public FollowLog(
            Guard guard,
            Source<E> source,
            ToLongFunction<E> number,
            Function<E, String> name,
            Function<E, Object> show) {
        this.guard = guard;
        this.source = source;
        this.number = number;
        this.name = name;
        this.show = show;
    }

    /// @param act by which the stream lives
    public Answer answer(Call call, Act act, Filter<E> filter) {
        var tenant = call.tenant();
        long from =
                call.get("Last-Event-ID").map(Long::parseLong).orElseGet(() -> source.last(tenant));
        Decide decide = call.decide();
        return new Answer.Live(stream -> {
            try (var kept =
                            guard.keep(
                                    call.principal(),
                                    tenant,
                                    () -> decide.decide(call.principal(), tenant, act).allowed(),
                                    cause -> stream.cut(Rejected.of(Rejected.Code.DENIED, cause)));
                    var followed = source.follow(tenant, stream::wake)) {
                send(stream, tenant, from, filter);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("a follower could not be closed", e);
            }
        });
    }

    private void send(EventStream stream, TenantId tenant, long from, Filter<E> filter) {
        long last = from;
        do {
            List<E> batch;
            do {
                batch = source.after(tenant, last, BATCH);
                for (E line : batch) {
                    last = number.applyAsLong(line);
                    if (filter.passes(line)
                            && !stream.send(name.apply(line), last, show.apply(line))) {
                        return;
                    }
                }
            } while (!batch.isEmpty());
        } while (stream.await());
    }
}
