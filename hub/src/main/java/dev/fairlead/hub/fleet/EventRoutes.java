package dev.fairlead.hub.fleet;

import dev.fairlead.hub.audit.Event;
import dev.fairlead.hub.audit.Events;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Call;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.http.FollowLog;
import dev.fairlead.hub.http.Guard;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Labels;
import java.util.HashSet;
import java.util.List;

/// Changes in a tenant as they happen: those of nodes that the asker sees, and of sessions on them.
public final class EventRoutes implements Endpoints.Routes {

    private final Nodes nodes;
    private final FollowLog<Event> follow;

    public EventRoutes(Events events, Nodes nodes, Guard guard) {
        this.nodes = nodes;
        this.follow = new FollowLog<>(guard, new Log(events), Event::seq, Event::kind, e -> e);
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(Act.NODES_SEE, "followEvents", this::follow);
    }

    private Answer follow(Call call) {
        // What was seen and is gone may be told as gone.
        var shown = new HashSet<String>();
        return follow.answer(
                call,
                Act.NODES_SEE,
                event -> {
                    String node = event.name();
                    if (node == null) {
                        return call.rights().sees(Labels.NONE);
                    }
                    var labels = nodes.find(call.tenant(), node).map(Node::labels);
                    boolean sees =
                            labels.isPresent()
                                    ? call.rights().sees(labels.get())
                                    : shown.contains(node) || call.rights().sees(Labels.NONE);
                    if (sees) {
                        shown.add(node);
                    } else {
                        shown.remove(node);
                    }
                    return sees;
                });
    }

    private record Log(Events events) implements FollowLog.Source<Event> {

        @Override
        public long last(TenantId tenant) {
            return events.last(tenant);
        }

        @Override
        public List<Event> after(TenantId tenant, long number, int limit) {
            return events.after(tenant, number, limit);
        }

        @Override
        public AutoCloseable follow(TenantId tenant, Runnable wake) {
            return events.follow(tenant, wake);
        }
    }
}
