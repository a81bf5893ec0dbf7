package dev.fairlead.lab.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Programs made for machines that cannot be dialled.
final class ReverseTunnels {

    private ReverseTunnels() {}

    static Ports wstunnel(Programs programs, Ports targets)
            throws IOException, InterruptedException {
        String hub = "wss://" + Ports.HERE + ":" + Ports.one();
        var plain = Ports.free();
        var user = Ports.free();
        programs.start("hub", "wstunnel", "server", hub);
        Ports.await(Integer.parseInt(hub.substring(hub.lastIndexOf(':') + 1)));
        programs.start("agent", wstunnel("-R", plain, targets, hub));
        Ports.await(plain.echo());
        programs.start("user", wstunnel("-L", user, plain, hub));
        user.awaitEcho();
        return user;
    }

    private static String[] wstunnel(String direction, Ports from, Ports to, String hub) {
        List<String> command = new ArrayList<>(List.of("wstunnel", "client"));
        for (var pair : from.pairs(to)) {
            command.add(direction);
            command.add(
                    "tcp://" + Ports.HERE + ":" + pair.from() + ":" + Ports.HERE + ":" + pair.to());
        }
        command.add(hub);
        return command.toArray(String[]::new);
    }

    static Ports chisel(Programs programs, Ports targets) throws IOException, InterruptedException {
        programs.certificate();
        int port = Ports.one();
        var plain = Ports.free();
        var user = Ports.free();
        programs.start(
                "hub",
                "chisel",
                "server",
                "--host",
                Ports.HERE,
                "--port",
                Integer.toString(port),
                "--reverse",
                "--tls-key",
                programs.file("key.pem").toString(),
                "--tls-cert",
                programs.file("cert.pem").toString());
        Ports.await(port);
        programs.start("agent", chisel(programs, port, "R:", plain, targets));
        Ports.await(plain.echo());
        programs.start("user", chisel(programs, port, "", user, plain));
        user.awaitEcho();
        return user;
    }

    private static String[] chisel(
            Programs programs, int port, String prefix, Ports from, Ports to) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "chisel",
                                "client",
                                "--tls-ca",
                                programs.file("cert.pem").toString(),
                                "https://localhost:" + port));
        for (var pair : from.pairs(to)) {
            command.add(
                    prefix + Ports.HERE + ":" + pair.from() + ":" + Ports.HERE + ":" + pair.to());
        }
        return command.toArray(String[]::new);
    }

    static Ports frp(Programs programs, Ports targets) throws IOException, InterruptedException {
        int port = Ports.one();
        var user = Ports.free();
        programs.start(
                "hub",
                "frps",
                "-c",
                programs.write(
                                "frps.toml",
                                "bindAddr = \"%s\"\nbindPort = %d\ntransport.tls.force = true\n"
                                        .formatted(Ports.HERE, port))
                        .toString());
        Ports.await(port);
        String client =
                "serverAddr = \"%s\"\nserverPort = %d\ntransport.tls.enable = true\n"
                        .formatted(Ports.HERE, port);
        var proxies = new StringBuilder(client);
        var visitors = new StringBuilder(client);
        for (var pair : user.pairs(targets)) {
            proxies.append(
                    "[[proxies]]\nname = \"%s\"\ntype = \"stcp\"\nsecretKey = \"k\"\nlocalIP = \"%s\"\nlocalPort = %d\n"
                            .formatted(pair.name(), Ports.HERE, pair.to()));
            visitors.append(
                    "[[visitors]]\nname = \"v-%s\"\ntype = \"stcp\"\nserverName = \"%s\"\nsecretKey = \"k\"\nbindAddr = \"%s\"\nbindPort = %d\n"
                            .formatted(pair.name(), pair.name(), Ports.HERE, pair.from()));
        }
        programs.start(
                "agent", "frpc", "-c", programs.write("agent.toml", proxies.toString()).toString());
        programs.start(
                "user", "frpc", "-c", programs.write("user.toml", visitors.toString()).toString());
        user.awaitEcho();
        return user;
    }

    static Ports rathole(Programs programs, Ports targets)
            throws IOException, InterruptedException {
        programs.certificate();
        programs.run(
                "openssl",
                "pkcs12",
                "-export",
                "-out",
                programs.file("identity.p12").toString(),
                "-passout",
                "pass:p",
                "-inkey",
                programs.file("key.pem").toString(),
                "-in",
                programs.file("cert.pem").toString());
        int port = Ports.one();
        var hub = Ports.free();
        var server =
                new StringBuilder(
                                "[server]\nbind_addr = \"%s:%d\"\ndefault_token = \"t\"\n[server.transport]\ntype = \"tls\"\n"
                                        .formatted(Ports.HERE, port))
                        .append(
                                "[server.transport.tls]\npkcs12 = \"%s\"\npkcs12_password = \"p\"\n"
                                        .formatted(programs.file("identity.p12")));
        var client =
                new StringBuilder(
                                "[client]\nremote_addr = \"%s:%d\"\ndefault_token = \"t\"\n[client.transport]\ntype = \"tls\"\n"
                                        .formatted(Ports.HERE, port))
                        .append(
                                "[client.transport.tls]\ntrusted_root = \"%s\"\nhostname = \"localhost\"\n"
                                        .formatted(programs.file("cert.pem")));
        for (var pair : hub.pairs(targets)) {
            server.append(
                    "[server.services.%s]\nbind_addr = \"%s:%d\"\n"
                            .formatted(pair.name(), Ports.HERE, pair.from()));
            client.append(
                    "[client.services.%s]\nlocal_addr = \"%s:%d\"\n"
                            .formatted(pair.name(), Ports.HERE, pair.to()));
        }
        programs.start(
                "hub",
                "rathole",
                "--server",
                programs.write("server.toml", server.toString()).toString());
        Ports.await(port);
        programs.start(
                "agent",
                "rathole",
                "--client",
                programs.write("client.toml", client.toString()).toString());
        hub.awaitEcho();
        return hub;
    }
}
