package dev.fairlead.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The systems that people use today in the place of Fairlead, each set up as its documentation
/// says, with TLS or its like on every hop. Only programs of the PATH are used.
final class Peers {

    private Peers() {}

    static List<Tunnel> all() {
        return List.of(
                new Tunnel(
                        "direct", 0, "the targets themselves", "", (programs, targets) -> targets),
                new Tunnel(
                        "OpenSSH",
                        2,
                        "ssh -L, sshd, ssh -R; aes128-gcm",
                        lacks("/usr/sbin/sshd", "ssh", "ssh-keygen"),
                        OpenSsh::start),
                new Tunnel(
                        "stunnel",
                        2,
                        "two pairs in a row, not reversed",
                        lacks("stunnel4", "openssl"),
                        TlsProxies::stunnel),
                new Tunnel(
                        "haproxy",
                        2,
                        "three in a row, not reversed",
                        lacks("haproxy", "openssl"),
                        TlsProxies::haproxy),
                new Tunnel(
                        "wstunnel",
                        2,
                        "client -L, server, client -R; wss",
                        lacks("wstunnel"),
                        ReverseTunnels::wstunnel),
                new Tunnel(
                        "chisel",
                        2,
                        "client L, server, client R; its SSH in wss",
                        lacks("chisel", "openssl"),
                        ReverseTunnels::chisel),
                new Tunnel(
                        "frp",
                        2,
                        "stcp visitor, frps, frpc; TLS",
                        lacks("frps", "frpc"),
                        ReverseTunnels::frp),
                new Tunnel(
                        "rathole",
                        1,
                        "a plain port of the server; TLS to its client",
                        lacks("rathole", "openssl"),
                        ReverseTunnels::rathole));
    }

    private static String lacks(String... programs) {
        var missing =
                Stream.of(programs)
                        .filter(program ->
                                program.startsWith("/")
                                        ? !Files.isExecutable(Path.of(program))
                                        : !Programs.has(program))
                        .toList();
        return String.join(", ", missing);
    }
}
