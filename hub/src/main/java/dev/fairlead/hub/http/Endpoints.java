package dev.fairlead.hub.http;

import dev.fairlead.hub.rbac.Act;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The routes of all capabilities, each under the `operationId` of the contract and with the act
/// that it needs.
public final class Endpoints {

    /// A capability's routes.
    @FunctionalInterface
    public interface Routes {
        void addTo(Endpoints endpoints);
    }

    /// Answers on a virtual thread, after the request was checked, the asker known and the act
    /// allowed. May block.
    @FunctionalInterface
    public interface Handler {
        Answer answer(Call call);
    }

    /// @param act null where nobody needs to be signed in
    record Endpoint(@Nullable Act act, Handler handler) {}

    private final Map<String, Endpoint> all = new LinkedHashMap<>();

    /// A route for whoever comes.
    public Endpoints open(String operationId, Handler handler) {
        return add(operationId, new Endpoint(null, handler));
    }

    /// A route for those whom `rbac.Decide` allows this act, in the tenant of the path. Where it is
    /// about one node, the handler asks again with that node's labels ([Call#mayOn]).
    public Endpoints needs(Act act, String operationId, Handler handler) {
        return add(operationId, new Endpoint(act, handler));
    }

    private Endpoints add(String operationId, Endpoint endpoint) {
        if (all.put(operationId, endpoint) != null) {
            throw new IllegalStateException("two routes for " + operationId);
        }
        return this;
    }

    Map<String, Endpoint> all() {
        return all;
    }
}
