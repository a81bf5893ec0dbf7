package dev.fairlead.agent;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fairlead.agent.policy.Rule;
import dev.fairlead.link.Amounts;
import dev.fairlead.link.LinkLimits;
import dev.fairlead.link.dial.ProxySettings;
import dev.fairlead.link.handshake.InnerTls;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What `agent.yaml` says: the ceiling that the node's owner sets. It checks itself, so that one
/// that exists can be used; every key is described in `docs/configuration-agent.md`, which a test
/// compares with these records.
///
/// @param hub addresses to dial instead of those that the hub told, best first; empty for those
/// @param proxy the HTTP proxy to go out through; null to go by HTTPS_PROXY and NO_PROXY
/// @param innerTls when links have a second TLS inside
/// @param allow what may be reached
/// @param deny what may not, even where `allow` covers it
/// @param logins which users of this machine sessions may act as, the default one first; empty for
///   the agent's own user
/// @param resume how long, and in how much memory, streams are kept whose link was lost
/// @param limits of what the hub may make grow here
public record AgentConfig(
        List<URI> hub,
        @Nullable Proxy proxy,
        InnerTls innerTls,
        Profile profile,
        List<Rule> allow,
        List<Rule> deny,
        List<String> logins,
        Resume resume,
        Limits limits) {

    private static final int MAX_RULES = 256;

    /// What the agent puts up with of the hub; `docs/protocol.md` says what the hub gets to see.
    ///
    /// @param streams that the hub has open
    /// @param headerBytes of the headers of one frame
    /// @param window bytes on their way in one stream
    /// @param memory bytes that the windows of all streams may add up to
    /// @param opensPerSecond streams that the hub opens
    /// @param controlsPerSecond pings and resets that it sends
    public record Limits(
            int streams,
            int headerBytes,
            int window,
            int memory,
            int opensPerSecond,
            int controlsPerSecond) {

        public static final Limits DEFAULT = of(LinkLimits.DEFAULT);

        private static final int FEWEST_HEADERS = 1_024;
        private static final int MOST_HEADERS = 65_535;

        public Limits {
            check(streams >= 1, "limits.streams is below 1");
            check(
                    headerBytes >= FEWEST_HEADERS && headerBytes <= MOST_HEADERS,
                    "limits.header-bytes is not " + FEWEST_HEADERS + " to " + MOST_HEADERS);
            check(
                    window >= LinkLimits.INITIAL_WINDOW,
                    "limits.window is below " + LinkLimits.INITIAL_WINDOW);
            check(memory >= window, "limits.memory is below limits.window");
            check(opensPerSecond >= 1, "limits.opens-per-second is below 1");
            check(controlsPerSecond >= 1, "limits.controls-per-second is below 1");
        }

        private static Limits of(LinkLimits limits) {
            return new Limits(
                    limits.maxStreams(),
                    limits.maxHeaders(),
                    limits.maxWindow(),
                    limits.linkMemory(),
                    limits.opensPerSecond(),
                    limits.controlsPerSecond());
        }

        @JsonCreator
        static Limits read(
                @JsonProperty("streams") @Nullable Integer streams,
                @JsonProperty("header-bytes") @Nullable Integer headerBytes,
                @JsonProperty("window") @Nullable Integer window,
                @JsonProperty("memory") @Nullable Integer memory,
                @JsonProperty("opens-per-second") @Nullable Integer opensPerSecond,
                @JsonProperty("controls-per-second") @Nullable Integer controlsPerSecond) {
            return new Limits(
                    requireNonNullElse(streams, DEFAULT.streams),
                    requireNonNullElse(headerBytes, DEFAULT.headerBytes),
                    requireNonNullElse(window, DEFAULT.window),
                    requireNonNullElse(memory, DEFAULT.memory),
                    requireNonNullElse(opensPerSecond, DEFAULT.opensPerSecond),
                    requireNonNullElse(controlsPerSecond, DEFAULT.controlsPerSecond));
        }

        /// These, with the times of others.
        LinkLimits applyTo(LinkLimits times) {
            return times.withMaxStreams(streams)
                    .withMaxHeaders(headerBytes)
                    .withMaxWindow(window)
                    .withLinkMemory(memory)
                    .withRates(opensPerSecond, controlsPerSecond);
        }
    }

    /// @param passwordFile a file with the password and nothing else
    public record Proxy(URI url, @Nullable String user, @Nullable Path passwordFile) {

        public Proxy {
            check(
                    "http".equals(url.getScheme())
                            && url.getHost() != null
                            && url.getRawUserInfo() == null,
                    "proxy.url is http://HOST:PORT, without user or password: " + url.getHost());
            check(
                    (user == null) == (passwordFile == null),
                    "proxy.user and proxy.password-file belong together: give both or none");
        }

        @JsonCreator
        static Proxy read(
                @JsonProperty("url") @Nullable String url,
                @JsonProperty("user") @Nullable String user,
                @JsonProperty("password-file") @Nullable Path passwordFile) {
            check(url != null, "proxy.url is missing: write http://HOST:PORT");
            return new Proxy(address("proxy.url", String.valueOf(url)), user, passwordFile);
        }

        ProxySettings settings() {
            var text = new StringBuilder("http://");
            if (user != null) {
                text.append(URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20"));
                text.append('@');
            }
            text.append(url.getRawAuthority());
            return ProxySettings.configured(text.toString(), passwordFile, "");
        }

        /// With a relative password file taken from a folder.
        Proxy from(Path folder) {
            return new Proxy(url, user, passwordFile == null ? null : folder.resolve(passwordFile));
        }
    }

    /// @param within how long a stream is kept that was cut off; zero: none is
    /// @param terminals the same for a terminal of the console, whose person may have closed a page
    /// @param memory bytes of all streams that the other side has not acknowledged
    public record Resume(Duration within, Duration terminals, long memory) {

        static final Resume STANDARD =
                new Resume(Duration.ofMinutes(2), Duration.ofMinutes(5), 64L << 20);

        public Resume {
            check(
                    !within.isNegative() && within.compareTo(Duration.ofHours(1)) <= 0,
                    "resume.within is at most 60m");
            check(
                    !terminals.isNegative() && terminals.compareTo(Duration.ofHours(1)) <= 0,
                    "resume.terminals is at most 60m");
            check(
                    memory >= 1L << 20 && memory <= 16L << 30,
                    "resume.memory is at least 1MiB and at most 16GiB");
        }

        @JsonCreator
        static Resume read(
                @JsonProperty("within") @Nullable String within,
                @JsonProperty("terminals") @Nullable String terminals,
                @JsonProperty("memory") @Nullable String memory) {
            return new Resume(
                    within == null
                            ? STANDARD.within
                            : amount("resume.within", within, Amounts::time),
                    terminals == null
                            ? STANDARD.terminals
                            : amount("resume.terminals", terminals, Amounts::time),
                    memory == null
                            ? STANDARD.memory
                            : amount("resume.memory", memory, Amounts::size));
        }
    }

    public AgentConfig {
        hub = List.copyOf(hub);
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        logins = List.copyOf(logins);
        for (var address : hub) {
            check(
                    "https".equals(address.getScheme())
                            && address.getHost() != null
                            && address.getRawUserInfo() == null
                            && (address.getRawPath() == null || address.getRawPath().length() <= 1),
                    "hub is https://HOST or https://HOST:PORT, not " + address);
        }
        check(
                allow.size() <= MAX_RULES && deny.size() <= MAX_RULES,
                "allow and deny have at most "
                        + MAX_RULES
                        + " rules each; use networks and wildcards");
        for (var rule : deny) {
            check(
                    !(rule instanceof Rule.Name),
                    "deny has the name "
                            + rule
                            + ", but a name can be gone round by its address: write the addresses");
            check(!(rule instanceof Rule.Ssh), "deny has ssh: leave it out of allow instead");
        }
        for (var login : logins) {
            check(
                    login.matches("[A-Za-z_][A-Za-z0-9_.@-]{0,31}\\$?"),
                    "logins has \"" + login + "\", which is no name of a user");
        }
    }

    /// What holds without a file.
    public static AgentConfig of(Profile profile) {
        return read(null, null, null, profile, null, null, null, null, null);
    }

    @JsonCreator
    static AgentConfig read(
            @JsonProperty("hub") @Nullable List<String> hub,
            @JsonProperty("proxy") @Nullable Proxy proxy,
            @JsonProperty("inner-tls") @Nullable String innerTls,
            @JsonProperty("profile") @Nullable Profile profile,
            @JsonProperty("allow") @Nullable List<String> allow,
            @JsonProperty("deny") @Nullable List<String> deny,
            @JsonProperty("logins") @Nullable List<String> logins,
            @JsonProperty("resume") @Nullable Resume resume,
            @JsonProperty("limits") @Nullable Limits limits) {
        var settled = profile == null ? Profile.NODE : profile;
        return new AgentConfig(
                orEmpty(hub).stream().map(text -> address("hub", text)).toList(),
                proxy,
                innerTls(innerTls),
                settled,
                rules("allow", allow == null ? settled.allow() : allow),
                rules("deny", orEmpty(deny)),
                orEmpty(logins),
                resume == null ? Resume.STANDARD : resume,
                limits == null ? Limits.DEFAULT : limits);
    }

    /// With relative paths taken from a folder.
    AgentConfig from(Path folder) {
        return new AgentConfig(
                hub,
                proxy == null ? null : proxy.from(folder),
                innerTls,
                profile,
                allow,
                deny,
                logins,
                resume,
                limits);
    }

    /// How hubs are reached: by `proxy:`, else by the environment.
    ///
    /// @throws ConfigException where the environment's proxy makes no sense
    public ProxySettings proxies(Map<String, String> environment) {
        try {
            return proxy != null ? proxy.settings() : ProxySettings.ofEnvironment(environment);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /// With more that may not be reached, such as what a hub on this machine listens on.
    public AgentConfig withDeny(List<Rule> more) {
        var all = new ArrayList<>(deny);
        all.addAll(more);
        return new AgentConfig(hub, proxy, innerTls, profile, allow, all, logins, resume, limits);
    }

    public AgentConfig withLimits(Limits other) {
        return new AgentConfig(hub, proxy, innerTls, profile, allow, deny, logins, resume, other);
    }

    private static InnerTls innerTls(@Nullable String label) {
        try {
            return label == null ? InnerTls.AUTO : InnerTls.ofLabel(label);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private static List<Rule> rules(String key, List<String> texts) {
        return texts.stream()
                .map(text -> {
                    try {
                        return Rule.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw new ConfigException(key + ": " + e.getMessage());
                    }
                })
                .toList();
    }

    private static URI address(String key, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new ConfigException(key + " is no address: " + e.getReason());
        }
    }

    private static <T> T amount(String key, String text, Function<String, T> read) {
        try {
            return read.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + " " + e.getMessage());
        }
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new ConfigException(message);
        }
    }
}
