package dev.fairlead.lab.bench;

import java.io.IOException;

/// stunnel and HAProxy: they carry TLS as fast as anybody, but do not turn the connection round, so
/// that the agent's side must be dialled.
final class TlsProxies {

    private TlsProxies() {}

    static Ports stunnel(Programs programs, Ports targets)
            throws IOException, InterruptedException {
        programs.certificate();
        var user = Ports.free();
        var hubTls = Ports.free();
        var hub = Ports.free();
        var agentTls = Ports.free();
        stunnel(programs, "agent", false, agentTls, targets);
        stunnel(programs, "hub-out", true, hub, agentTls);
        stunnel(programs, "hub-in", false, hubTls, hub);
        stunnel(programs, "user", true, user, hubTls);
        user.awaitEcho();
        return user;
    }

    private static void stunnel(
            Programs programs, String name, boolean client, Ports from, Ports to)
            throws IOException {
        var config =
                new StringBuilder(
                        "foreground = yes\npid =\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n");
        for (var pair : from.pairs(to)) {
            config.append(
                    "[%s]\nclient = %s\naccept = %s:%d\nconnect = %s:%d\n"
                            .formatted(
                                    pair.name(),
                                    client ? "yes" : "no",
                                    Ports.HERE,
                                    pair.from(),
                                    Ports.HERE,
                                    pair.to()));
            config.append(client ? "" : "cert = " + programs.file("both.pem") + "\n");
        }
        programs.start(
                name, "stunnel4", programs.write(name + ".conf", config.toString()).toString());
    }

    static Ports haproxy(Programs programs, Ports targets)
            throws IOException, InterruptedException {
        programs.certificate();
        var user = Ports.free();
        var hub = Ports.free();
        var agent = Ports.free();
        haproxy(programs, "agent", agent, true, targets, false);
        haproxy(programs, "hub", hub, true, agent, true);
        haproxy(programs, "user", user, false, hub, true);
        user.awaitEcho();
        return user;
    }

    private static void haproxy(
            Programs programs, String name, Ports from, boolean tlsIn, Ports to, boolean tlsOut)
            throws IOException {
        var config =
                new StringBuilder(
                        "defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n maxconn 4000\n");
        for (var pair : from.pairs(to)) {
            config.append(
                    "listen %s\n bind %s:%d%s\n server s %s:%d%s\n"
                            .formatted(
                                    pair.name(),
                                    Ports.HERE,
                                    pair.from(),
                                    tlsIn ? " ssl crt " + programs.file("both.pem") : "",
                                    Ports.HERE,
                                    pair.to(),
                                    tlsOut ? " ssl ca-file " + programs.file("cert.pem") : ""));
        }
        programs.start(
                name,
                "haproxy",
                "-db",
                "-f",
                programs.write(name + ".cfg", config.toString()).toString());
    }
}
