package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Together;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/// What nodes say that they allow: the call `policy`, which an agent makes over each new link. It
/// is shown to people; what holds is decided at the node.
public final class Policies {

    private static final int AT_ONCE = 200;

    private final Database database;
    private final Events events;
    private final NodeStore store = new NodeStore();
    private final Together<Said, Boolean> together;

    record Said(TenantId tenant, NodeId node, NodePolicy policy) {}

    /// @param threads virtual ones
    public Policies(Database database, Events events, Executor threads) {
        this.database = database;
        this.events = events;
        this.together = new Together<>(AT_ONCE, Said::node, threads, this::keepAll);
    }

    /// Keeps what a node says; blocks until it is written.
    ///
    /// @param json hostile input
    /// @throws Rejected as `invalid-request`
    public void keep(TenantId tenant, NodeId node, byte[] json) {
        together.ask(new Said(tenant, node, ReadCall.policy(json)));
    }

    private List<Boolean> keepAll(List<Said> all) {
        database.useSystem(_ ->
                all.stream()
                        .collect(Collectors.groupingBy(Said::tenant))
                        .forEach((tenant, said) ->
                                database.useTenant(
                                        tenant,
                                        tx ->
                                                events.tell(
                                                        tx,
                                                        store
                                                                .setPolicies(tx, said)
                                                                .entrySet()
                                                                .stream()
                                                                .map(changed ->
                                                                        new Events.Told(
                                                                                "node.changed",
                                                                                changed.getKey()
                                                                                        .text(),
                                                                                changed.getValue(),
                                                                                Map.of()))
                                                                .toList()))));
        return Collections.nCopies(all.size(), true);
    }
}
