package dev.fairlead.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What an agent says of its machine in the handshake; nothing that anybody relies on.
public final class Machine {

    private Machine() {}

    /// @param random for `instance`, by which a hub tells two agents with one copied key apart
    public static Map<String, String> info(SecureRandom random) {
        return info(random, List.of());
    }

    /// @param configured what its owner configured to be dialled; empty for what the hub tells
    static Map<String, String> info(SecureRandom random, List<URI> configured) {
        byte[] instance = new byte[16];
        random.nextBytes(instance);
        var info = new HashMap<String, String>();
        if (!configured.isEmpty()) {
            info.put("dials", String.join(" ", configured.stream().map(URI::toString).toList()));
        }
        info.putAll(
                Map.of(
                        "agent-version", Version.text(),
                        "hostname", hostname(),
                        "os", os(),
                        "arch", System.getProperty("os.arch", ""),
                        "instance", HexFormat.of().formatHex(instance)));
        return Map.copyOf(info);
    }

    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "";
            }
        }
    }

    /// `PRETTY_NAME` of os-release(5), else the kernel's name.
    private static String os() {
        try (var lines = Files.lines(Path.of("/etc/os-release"))) {
            var pretty = lines.filter(line -> line.startsWith("PRETTY_NAME=")).findFirst();
            if (pretty.isPresent()) {
                return pretty.get().substring("PRETTY_NAME=".length()).replace("\"", "");
            }
        } catch (IOException e) {
            // Not every system has it.
        }
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    }
}
