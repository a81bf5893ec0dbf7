package dev.fairlead.hub.ports;

import dev.fairlead.hub.HubConfig;
import dev.fairlead.hub.ports.Port.Direction;
import dev.fairlead.hub.ports.Port.Phase;
import dev.fairlead.hub.ports.Port.Protocol;
import dev.fairlead.hub.ports.Port.Role;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Every listener and every outbound connection that a configuration means. A listener or an
/// outbound connection that is not a row here does not belong into the program.
public final class PortMatrix {

    private static final int POSTGRESQL = 5432;

    private PortMatrix() {}

    /// The ports that were only known once they were bound; 0 where there is no such listener.
    ///
    /// @param ownDatabase the loopback port of the hub's own PostgreSQL
    public record Bound(int listen, int redirect, int observe, int ownDatabase) {

        /// What the configuration says, before anything is bound.
        public static Bound configured(HubConfig config) {
            var redirect = config.redirect();
            return new Bound(
                    config.listen().port(),
                    redirect == null ? 0 : redirect.port(),
                    config.observe().port(),
                    0);
        }
    }

    public static List<Port> of(HubConfig config, Bound bound) {
        var rows = new ArrayList<Port>();
        String hub = config.names().getFirst();
        int publicPort =
                config.publicPort() == config.listen().port()
                        ? bound.listen()
                        : config.publicPort();
        rows.add(
                in(
                        config.listen().address(),
                        bound.listen(),
                        config.behindProxy()
                                ? "trusted-proxies: "
                                        + String.join(
                                                ", ",
                                                config.trustedProxies().stream()
                                                        .map(Object::toString)
                                                        .toList())
                                : "agents, people, browsers",
                        (config.behindProxy() ? "plain HTTP: " : "TLS: ")
                                + "API, links of agents and clients",
                        "P1 A1 M1"));
        var redirect = config.redirect();
        if (redirect != null) {
            rows.add(
                    in(
                            redirect.address(),
                            bound.redirect(),
                            "browsers",
                            "sends plain HTTP to https",
                            "A2"));
        }
        rows.add(
                in(
                        config.observe().address(),
                        bound.observe(),
                        "monitoring",
                        "metrics and health, plain HTTP",
                        "O10"));
        String url = config.database().url();
        if (url == null) {
            rows.add(
                    in(
                            "127.0.0.1",
                            bound.ownDatabase(),
                            "this hub only",
                            "the hub's own PostgreSQL; a free port chosen at first start",
                            "P8"));
            rows.add(
                    new Port(
                            Phase.RUN,
                            Role.HUB,
                            Direction.OUT,
                            Protocol.TCP,
                            "127.0.0.1",
                            bound.ownDatabase(),
                            "its own PostgreSQL",
                            "data",
                            "P8"));
        } else {
            var database = URI.create(url.substring("jdbc:".length()));
            rows.add(
                    new Port(
                            Phase.RUN,
                            Role.HUB,
                            Direction.OUT,
                            Protocol.TCP,
                            String.valueOf(database.getHost()),
                            database.getPort() < 0 ? POSTGRESQL : database.getPort(),
                            "PostgreSQL of database.url",
                            "data",
                            "A16"));
        }
        rows.add(out(Phase.INSTALL, Role.AGENT, hub, publicPort, "installer and agent", "A4"));
        rows.add(out(Phase.RUN, Role.AGENT, hub, publicPort, "the link: everything", "M1"));
        rows.add(out(Phase.RUN, Role.CLIENT, hub, publicPort, "API and client link", "P1 A5"));
        return List.copyOf(rows);
    }

    private static Port in(String address, int port, String peer, String purpose, String function) {
        return new Port(
                Phase.RUN,
                Role.HUB,
                Direction.IN,
                Protocol.TCP,
                address,
                port,
                peer,
                purpose,
                function);
    }

    private static Port out(
            Phase phase, Role role, String address, int port, String purpose, String function) {
        return new Port(
                phase,
                role,
                Direction.OUT,
                Protocol.TCP,
                address,
                port,
                "the hub",
                purpose,
                function);
    }
}
