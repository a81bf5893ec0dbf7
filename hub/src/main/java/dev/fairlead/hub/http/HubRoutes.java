package dev.fairlead.hub.http;

import java.util.function.Supplier;

/// What anybody may know of this hub.
public final class HubRoutes implements Endpoints.Routes {

    private final Supplier<HubInfo> info;

    /// @param info as of now: the certificate may change
    public HubRoutes(Supplier<HubInfo> info) {
        this.info = info;
    }

    @Override
    public void addTo(Endpoints endpoints) {
        endpoints.open("showHub", call -> Answer.ok(info.get()));
    }
}
