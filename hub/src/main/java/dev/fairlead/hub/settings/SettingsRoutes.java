package dev.fairlead.hub.settings;

import dev.fairlead.hub.http.Answer;
import dev.fairlead.hub.http.Endpoints;
import dev.fairlead.hub.rbac.Act;
import java.util.function.Supplier;

/// How the running hub is set up.
public final class SettingsRoutes implements Endpoints.Routes {

    private final Supplier<HubSettings> settings;

    /// @param settings as of now: the certificate may change
    public SettingsRoutes(Supplier<HubSettings> settings) {
        this.settings = settings;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.needs(Act.HUB_SEE, "showHubSettings", call -> Answer.ok(settings.get()));
    }
}
