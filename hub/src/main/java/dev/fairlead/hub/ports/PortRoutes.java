package dev.fairlead.hub.ports;

import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.rbac.Act;
import java.util.List;
import java.util.function.Supplier;

/// The matrix of the running hub.
public final class PortRoutes implements Endpoints.Routes {

    private final Supplier<List<Port>> matrix;

    public PortRoutes(Supplier<List<Port>> matrix) {
        this.matrix = matrix;
    }

    /// The schema `Ports`.
    record Shown(List<Port> items, String text) {}

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(
                Act.PORTS_SEE,
                "listPorts",
                call -> {
                    var rows = matrix.get();
                    var form = call.get("as").flatMap(PortText::parse).orElse(PortText.JSON);
                    return Answer.ok(new Shown(rows, form.render(rows)));
                });
    }
}
