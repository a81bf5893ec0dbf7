package dev.fairlead.hub.access;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.link.Relay;
import dev.fairlead.link.StreamEnd;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A session that lives, with the streams in it: one for SSH and exec, any number one after another
/// for a forward.
final class LiveSession implements Live {

    /// How it ended.
    record End(StreamEnd cause, String message) {}

    private final SessionId id = SessionId.fresh();
    private final Principal principal;
    private final TenantId tenant;
    private final NodeId node;
    private final String nodeName;
    private final OpenRequest.Kind kind;
    private final String login;
    private final String target;
    private final String address;
    private final BooleanSupplier allowed;
    private final Set<Relay> relays = new HashSet<>();
    private @Nullable End end;
    private @Nullable BiConsumer<End, Runnable> farewell;
    private Runnable whenCutIdle = () -> {};

    /// Completes when nothing is to be waited for before what is left is broken off.
    private final CompletableFuture<Void> said = new CompletableFuture<>();

    private final CompletableFuture<Void> over = said.thenRun(this::breakOff);
    private long bytesIn;
    private long bytesOut;
    private long streams;

    /// @param login settled; empty for the node's default
    /// @param target as people read it; empty where there is none
    /// @param allowed asks anew; may block
    LiveSession(
            Principal principal,
            TenantId tenant,
            NodeId node,
            String nodeName,
            OpenRequest.Kind kind,
            String login,
            String target,
            String address,
            BooleanSupplier allowed) {
        this.principal = principal;
        this.tenant = tenant;
        this.node = node;
        this.nodeName = nodeName;
        this.kind = kind;
        this.login = login;
        this.target = target;
        this.address = address;
        this.allowed = allowed;
    }

    SessionId id() {
        return id;
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    NodeId node() {
        return node;
    }

    String nodeName() {
        return nodeName;
    }

    OpenRequest.Kind kind() {
        return kind;
    }

    String login() {
        return login;
    }

    String target() {
        return target;
    }

    String address() {
        return address;
    }

    @Override
    public boolean isAllowed() {
        return allowed.getAsBoolean();
    }

    @Override
    public void cut(String cause) {
        var ignored = cut(StreamEnd.RIGHT_ENDED, cause);
    }

    /// Ends it with all of its streams, and remembers why. From now on nothing of what the person
    /// sends reaches the node.
    ///
    /// @return completes when its streams are broken off: at once, or where the person is told
    ///   before, [Farewell#WITHIN] from now at the latest
    CompletableFuture<Void> cut(StreamEnd cause, String message) {
        Set<Relay> cut;
        BiConsumer<End, Runnable> tell;
        End why;
        synchronized (this) {
            if (end != null) {
                return over;
            }
            why = new End(cause, message);
            end = why;
            cut = Set.copyOf(relays);
            tell = farewell;
        }
        if (cut.isEmpty()) {
            said.complete(null);
            whenCutIdle.run();
        } else if (tell == null) {
            said.complete(null);
        } else {
            cut.forEach(Relay::mute);
            said.completeOnTimeout(null, Farewell.WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            tell.accept(why, () -> said.complete(null));
        }
        return over;
    }

    private void breakOff() {
        Set<Relay> left;
        End why;
        synchronized (this) {
            left = Set.copyOf(relays);
            why = end;
        }
        if (why != null) {
            left.forEach(relay -> relay.cut(why.cause(), why.message()));
        }
    }

    /// How the person is told before a stream is broken off: by what is given here, which runs the
    /// second argument where they cannot be told. Set before the stream begins.
    synchronized void farewell(BiConsumer<End, Runnable> tell) {
        farewell = tell;
    }

    /// Runs when it is cut while no stream is in it, so that somebody records its end. Set before
    /// it begins.
    void whenCutIdle(Runnable action) {
        whenCutIdle = action;
    }

    /// Takes in a stream that is under way; false where the session has ended, and the stream must
    /// be cut.
    synchronized boolean enter(Relay relay) {
        if (end != null) {
            return false;
        }
        relays.add(relay);
        streams++;
        return true;
    }

    /// Counts a stream that is over; true when none is left.
    boolean leave(Relay relay) {
        boolean idle;
        boolean cut;
        synchronized (this) {
            if (relays.remove(relay)) {
                bytesIn += relay.bytesUp();
                bytesOut += relay.bytesDown();
            }
            idle = relays.isEmpty();
            cut = end != null;
        }
        if (idle && cut) {
            said.complete(null);
        }
        return idle;
    }

    /// Why it was cut; null where nobody cut it.
    synchronized @Nullable End end() {
        return end;
    }

    /// Ends a session in which nothing is left, for what the last stream said; the earlier reason
    /// stays.
    void finish(StreamEnd cause, String message) {
        synchronized (this) {
            if (end == null) {
                end = new End(cause, message);
            }
        }
        said.complete(null);
    }

    synchronized boolean isIdle() {
        return relays.isEmpty();
    }

    synchronized long bytesIn() {
        return bytesIn + relays.stream().mapToLong(Relay::bytesUp).sum();
    }

    synchronized long bytesOut() {
        return bytesOut + relays.stream().mapToLong(Relay::bytesDown).sum();
    }

    synchronized long streams() {
        return streams;
    }
}
