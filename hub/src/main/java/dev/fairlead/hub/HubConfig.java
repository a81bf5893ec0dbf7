package dev.fairlead.hub;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fairlead.hub.db.DatabaseAccess;
import dev.fairlead.link.Amounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What `hub.yaml` says. Every record checks itself, so that one that exists can be used; every key
/// is described in `docs/configuration.md`, which a test compares with these records.
///
/// @param names DNS names and addresses by which agents and people reach this hub, the first being
///   the one in the lines that it prints; the only names its own certificates are good for
/// @param publicPort the port in the addresses that the hub prints; another than `listen.port`
///   behind a load balancer
/// @param redirect a listener that only sends browsers to https, if any
/// @param tls PEM files, or null for the hub's own local CA
/// @param trustedProxies load balancers that end TLS: if any, the hub serves plain HTTP, to these
///   only, and believes their `X-Forwarded-For`
/// @param leafCertificates PEM files of the certificates that those load balancers show
/// @param data the hub's folder
/// @param resume how streams that were cut off are taken up again
public record HubConfig(
        List<String> names,
        Listen listen,
        int publicPort,
        @Nullable Redirect redirect,
        @Nullable Tls tls,
        List<Cidr> trustedProxies,
        List<Path> leafCertificates,
        Path data,
        Database database,
        Observe observe,
        HubLimits limits,
        Resume resume) {

    public static final int HTTPS = 443;

    /// Addresses in a WELCOME and in an enrolment token.
    private static final int MAX_TOLD = 8;

    private static final Pattern DNS_NAME =
            Pattern.compile(
                    "(?=.{1,253}\\z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    public HubConfig {
        names = List.copyOf(names);
        trustedProxies = List.copyOf(trustedProxies);
        leafCertificates = List.copyOf(leafCertificates);
        check(
                !names.isEmpty(),
                "names is missing: list the names by which agents and people reach this hub, such"
                        + " as  names: [hub.example.com]");
        names.forEach(HubConfig::checkName);
        checkPort("public-port", publicPort);
        check(
                trustedProxies.isEmpty() || tls == null,
                "tls and trusted-proxies are both given: with trusted-proxies the load balancer"
                        + " ends TLS and the hub serves plain HTTP to it; remove one of the two");
        check(
                trustedProxies.isEmpty() || !leafCertificates.isEmpty(),
                "leaf-certificates is missing: agents prove that nobody is in between by the"
                        + " certificate that they see, so list the PEM files of those that your"
                        + " trusted-proxies show");
        check(
                redirect == null || redirect.port() == 0 || redirect.port() != listen.port(),
                "redirect.port and listen.port are both " + listen.port());
    }

    @JsonCreator
    static HubConfig read(
            @JsonProperty("names") @Nullable List<String> names,
            @JsonProperty("listen") @Nullable Listen listen,
            @JsonProperty("public-port") @Nullable Integer publicPort,
            @JsonProperty("redirect") @Nullable Redirect redirect,
            @JsonProperty("tls") @Nullable Tls tls,
            @JsonProperty("trusted-proxies") @Nullable List<String> trustedProxies,
            @JsonProperty("leaf-certificates") @Nullable List<Path> leafCertificates,
            @JsonProperty("data") @Nullable Path data,
            @JsonProperty("database") @Nullable Database database,
            @JsonProperty("observe") @Nullable Observe observe,
            @JsonProperty("limits") @Nullable HubLimits limits,
            @JsonProperty("resume") @Nullable Resume resume) {
        var listening = listen == null ? Listen.read(null, null) : listen;
        var proxies = orEmpty(trustedProxies).stream().map(Cidr::parse).toList();
        return new HubConfig(
                orEmpty(names),
                listening,
                publicPort != null ? publicPort : proxies.isEmpty() ? listening.port() : HTTPS,
                redirect,
                tls,
                proxies,
                orEmpty(leafCertificates),
                data == null ? Path.of("/var/lib/fairlead/hub") : data,
                database == null ? Database.OWN : database,
                observe == null ? Observe.read(null, null) : observe,
                limits == null ? HubLimits.DEFAULT : limits,
                resume == null ? Resume.DEFAULT : resume);
    }

    /// A hub that only this machine can reach, with its own certificate and database.
    public static HubConfig local(Path data, int port) {
        return new HubConfig(
                List.of("localhost", "127.0.0.1", "::1"),
                new Listen("127.0.0.1", port),
                port,
                null,
                null,
                List.of(),
                List.of(),
                data,
                Database.OWN,
                Observe.read(null, null),
                HubLimits.DEFAULT,
                Resume.DEFAULT);
    }

    private HubConfig with(
            List<String> names,
            Listen listen,
            int publicPort,
            @Nullable Redirect redirect,
            Database database,
            Observe observe,
            HubLimits limits,
            Resume resume) {
        return new HubConfig(
                names,
                listen,
                publicPort,
                redirect,
                tls,
                trustedProxies,
                leafCertificates,
                data,
                database,
                observe,
                limits,
                resume);
    }

    public HubConfig withNames(List<String> names) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    public HubConfig withListen(Listen listen, int publicPort) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    /// With a port that was free just now in the place of 0, so that the addresses that the hub
    /// hands out name it.
    HubConfig withFreePort() {
        if (listen.port() != 0) {
            return this;
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(listen.address()))) {
            int port = socket.getLocalPort();
            return withListen(
                    new Listen(listen.address(), port), publicPort == 0 ? port : publicPort);
        } catch (IOException e) {
            throw new ConfigException("no port is free at listen.address " + listen.address());
        }
    }

    public HubConfig withObserve(Observe observe) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    public HubConfig withDatabase(Database database) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    public HubConfig withResume(Resume resume) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    public HubConfig withRedirect(@Nullable Redirect redirect) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    public HubConfig withLimits(HubLimits limits) {
        return with(names, listen, publicPort, redirect, database, observe, limits, resume);
    }

    /// The same, with relative paths taken from this folder: that of the file that was read.
    HubConfig from(Path folder) {
        return new HubConfig(
                names,
                listen,
                publicPort,
                redirect,
                tls == null
                        ? null
                        : new Tls(folder.resolve(tls.certificate()), folder.resolve(tls.key())),
                trustedProxies,
                leafCertificates.stream().map(folder::resolve).toList(),
                folder.resolve(data),
                database.from(folder),
                observe,
                limits,
                resume);
    }

    /// The address in the lines that the hub prints: the first name, and the port unless it is 443.
    public URI url() {
        return url(publicPort);
    }

    /// The same with a port that was only known after binding.
    public URI url(int port) {
        return url(names.getFirst(), port);
    }

    private static URI url(String name, int port) {
        String host = name.indexOf(':') < 0 ? name : "[" + name + "]";
        return URI.create("https://" + host + (port == HTTPS ? "" : ":" + port));
    }

    /// The addresses that agents are told to dial, best first, at most 8: that of the first name,
    /// and of each other that does not mean the machine that dials.
    public List<URI> urls() {
        return Stream.concat(
                        names.stream().limit(1),
                        names.stream().skip(1).filter(name -> !isLoopback(name)))
                .limit(MAX_TOLD)
                .map(name -> url(name, publicPort))
                .toList();
    }

    private static boolean isLoopback(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || (isAddress(name) && InetAddress.ofLiteral(name).isLoopbackAddress());
    }

    /// Whether a load balancer ends TLS, so that this hub serves plain HTTP to it alone.
    public boolean behindProxy() {
        return !trustedProxies.isEmpty();
    }

    /// Where the hub serves the API and the link.
    public record Listen(String address, int port) {
        public Listen {
            checkAddress("listen.address", address);
            checkListenPort("listen.port", port);
        }

        @JsonCreator
        static Listen read(
                @JsonProperty("address") @Nullable String address,
                @JsonProperty("port") @Nullable Integer port) {
            return new Listen(address == null ? "::" : address, port == null ? HTTPS : port);
        }
    }

    /// Where browsers that came by plain HTTP are sent to https.
    public record Redirect(String address, int port) {
        public Redirect {
            checkAddress("redirect.address", address);
            checkListenPort("redirect.port", port);
        }

        @JsonCreator
        static Redirect read(
                @JsonProperty("address") @Nullable String address,
                @JsonProperty("port") @Nullable Integer port) {
            return new Redirect(address == null ? "::" : address, port == null ? 80 : port);
        }
    }

    /// PEM files, read again when they change.
    ///
    /// @param certificate the leaf, then the intermediate certificates
    /// @param key PKCS#8, unencrypted
    public record Tls(Path certificate, Path key) {
        @JsonCreator
        static Tls read(
                @JsonProperty("certificate") @Nullable Path certificate,
                @JsonProperty("key") @Nullable Path key) {
            if (certificate == null || key == null) {
                throw new ConfigException("tls needs both certificate and key");
            }
            return new Tls(certificate, key);
        }
    }

    /// The hub's own PostgreSQL where `url` is null, else another one.
    ///
    /// @param url `jdbc:postgresql://HOST[:PORT]/NAME[?sslmode=verify-full]`
    /// @param ownerPasswordFile holds the password of the role `fairlead_owner`, which migrates
    /// @param appPasswordFile holds the password of the role `fairlead_app`, which serves
    public record Database(
            @Nullable String url,
            @Nullable Path ownerPasswordFile,
            @Nullable Path appPasswordFile) {

        public static final Database OWN = new Database(null, null, null);

        @JsonCreator
        public Database(
                @JsonProperty("url") @Nullable String url,
                @JsonProperty("owner-password-file") @Nullable Path ownerPasswordFile,
                @JsonProperty("app-password-file") @Nullable Path appPasswordFile) {
            check(
                    url == null || url.startsWith("jdbc:postgresql://"),
                    "database.url does not begin with jdbc:postgresql://");
            check(
                    url == null || !url.contains("password="),
                    "database.url holds a password: put it into the files of"
                            + " owner-password-file and app-password-file");
            check(
                    (url == null) == (ownerPasswordFile == null)
                            && (url == null) == (appPasswordFile == null),
                    "database needs url, owner-password-file and app-password-file together, or"
                            + " none of them");
            this.url = url;
            this.ownerPasswordFile = ownerPasswordFile;
            this.appPasswordFile = appPasswordFile;
        }

        /// How the hub gets into a database that is not its own.
        ///
        /// @throws ConfigException where a password file cannot be read
        DatabaseAccess access() {
            if (url == null || ownerPasswordFile == null || appPasswordFile == null) {
                throw new IllegalStateException("the hub's own database has its own passwords");
            }
            return new DatabaseAccess(
                    url,
                    new DatabaseAccess.Login("fairlead_app", password(appPasswordFile)),
                    new DatabaseAccess.Login("fairlead_owner", password(ownerPasswordFile)));
        }

        private static String password(Path file) {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new ConfigException(
                        "the password file " + file + " cannot be read: " + e.getMessage());
            }
        }

        private Database from(Path folder) {
            return ownerPasswordFile == null || appPasswordFile == null
                    ? this
                    : new Database(
                            url,
                            folder.resolve(ownerPasswordFile),
                            folder.resolve(appPasswordFile));
        }
    }

    /// Where metrics and health are served, in plain HTTP: keep it on the loopback or inside.
    public record Observe(String address, int port) {
        public Observe {
            checkAddress("observe.address", address);
            checkListenPort("observe.port", port);
        }

        @JsonCreator
        static Observe read(
                @JsonProperty("address") @Nullable String address,
                @JsonProperty("port") @Nullable Integer port) {
            return new Observe(address == null ? "127.0.0.1" : address, port == null ? 9464 : port);
        }
    }

    /// Streams that were cut off and are taken up again.
    ///
    /// @param within how long a session waits for that before it has ended; zero: not at all
    /// @param terminals the same for a terminal of the console, whose person may have closed a page
    public record Resume(Duration within, Duration terminals) {

        public static final Resume DEFAULT = new Resume(Duration.ofMinutes(2));

        public Resume(Duration within) {
            this(within, Duration.ofMinutes(5));
        }

        public Resume {
            check(
                    !terminals.isNegative() && terminals.compareTo(Duration.ofDays(1)) <= 0,
                    "resume.terminals is not between 0 and 24h");
            check(
                    !within.isNegative() && within.compareTo(Duration.ofDays(1)) <= 0,
                    "resume.within is not between 0 and 24h");
        }

        @JsonCreator
        static Resume read(
                @JsonProperty("within") @Nullable String within,
                @JsonProperty("terminals") @Nullable String terminals) {
            return new Resume(
                    within == null ? DEFAULT.within : span("resume.within", within),
                    terminals == null ? DEFAULT.terminals : span("resume.terminals", terminals));
        }
    }

    /// A time as people write it.
    ///
    /// @param key for the message
    /// @throws ConfigException where it is none
    static Duration span(String key, String text) {
        try {
            return Amounts.time(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + " " + e.getMessage());
        }
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static void checkName(String name) {
        check(
                DNS_NAME.matcher(name).matches() && !name.endsWith(".") || isAddress(name),
                "names: \"" + name + "\" is neither a DNS name in lower case nor an address");
        check(
                !name.matches("[0-9.]+") || isAddress(name),
                "names: \"" + name + "\" is no IPv4 address");
    }

    private static void checkAddress(String key, String address) {
        check(
                isAddress(address),
                key + " \"" + address + "\" is no IPv4 or IPv6 address; :: means all of them");
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// 0 takes any free port.
    private static void checkListenPort(String key, int port) {
        check(port >= 0 && port <= 65_535, key + " " + port + " is not 0 to 65535");
    }

    private static void checkPort(String key, int port) {
        checkListenPort(key, port);
    }

    static void check(boolean ok, String message) {
        if (!ok) {
            throw new ConfigException(message);
        }
    }
}
