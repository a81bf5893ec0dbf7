package dev.fairlead.hub.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The console as it was built: its page at `/` and wherever a browser asks for one, its files
/// under `/assets/`, which bear their hash in their name and never change.
///
/// Only files that lie in the folder are served, by their whole name: no path of a request becomes
/// a path of the disk. The folder is read anew when its page changed, so a new build needs no
/// restart.
final class ConsoleFiles {

    /// Stands in the built page where each answer has a nonce of its own.
    private static final String NONCE = "FAIRLEAD_NONCE";

    private static final String INDEX = "index.html";
    private static final String FOREVER = "public, max-age=31536000, immutable";
    private static final String FOR_AN_HOUR = "public, max-age=3600";

    private static final Map<String, String> TYPES =
            Map.of(
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "webp", "image/webp",
                    "woff2", "font/woff2",
                    "wasm", "application/wasm",
                    "json", "application/json",
                    "txt", "text/plain; charset=utf-8");

    private static final Logger log = LoggerFactory.getLogger(ConsoleFiles.class);

    private final @Nullable Path folder;
    private final StartPage without;
    private final SecureRandom random = new SecureRandom();
    private volatile Built built;

    /// @param page null where there is no console
    /// @param files by the path of their request
    private record Built(
            @Nullable String page, @Nullable FileTime modified, Map<String, Path> files) {}

    /// How a request is answered; sent on its event loop.
    @FunctionalInterface
    interface Answer {
        void send(HttpServerResponse response);
    }

    /// @param folder of the built console; null or missing where there is none
    /// @param without what is shown then
    ConsoleFiles(@Nullable Path folder, StartPage without) {
        this.folder = folder;
        this.without = without;
        this.built = read(folder);
    }

    /// Whether this is for the console: a file of it, or a page that a browser asks for.
    boolean takes(HttpServerRequest request, String path) {
        if (path.equals("/") || built.files().containsKey(path)) {
            return true;
        }
        String accept = request.getHeader("Accept");
        return built.page() != null
                && !path.startsWith("/assets/")
                && !path.startsWith("/install/")
                && !path.contains("//")
                && accept != null
                && accept.toLowerCase(Locale.ROOT).contains("text/html");
    }

    /// Blocks for a look at the disk.
    Answer answer(HttpServerRequest request, String path) {
        var now = current();
        var file = now.files().get(path);
        if (file != null) {
            return file(request, path, file);
        }
        String page = now.page();
        return page == null ? this::start : page(page);
    }

    private void start(HttpServerResponse response) {
        response.putHeader("Content-Security-Policy", StartPage.policy())
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .end(Buffer.buffer(without.html()));
    }

    private Answer page(String page) {
        byte[] bits = new byte[18];
        random.nextBytes(bits);
        String nonce = Base64.getEncoder().encodeToString(bits);
        var html = Buffer.buffer(page.replace(NONCE, nonce));
        return response ->
                response.putHeader("Content-Security-Policy", policy(nonce))
                        .putHeader(
                                "Permissions-Policy",
                                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
                        .putHeader("Content-Type", "text/html; charset=utf-8")
                        .end(html);
    }

    /// Scripts only from the console's own files, never from text: what would turn text into a
    /// script or into markup goes through the one policy `default` of the console, which refuses
    /// markup.
    static String policy(String nonce) {
        return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"
                + nonce
                + "'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self';"
                + " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types default";
    }

    private static Answer file(HttpServerRequest request, String path, Path file) {
        String type = TYPES.getOrDefault(ending(path), "application/octet-stream");
        String encoding = encoding(request, file);
        var sent = encoding == null ? file : packed(file, encoding);
        return response -> {
            response.putHeader("Content-Type", type)
                    .putHeader("Cache-Control", path.startsWith("/assets/") ? FOREVER : FOR_AN_HOUR)
                    .putHeader("Vary", "Accept-Encoding");
            if (encoding != null) {
                response.putHeader("Content-Encoding", encoding);
            }
            response.sendFile(sent.toString())
                    .onFailure(e -> {
                        log.error("{} cannot be sent", sent, e);
                        response.reset();
                    });
        };
    }

    /// What the browser takes and the build has packed; null for the file as it is.
    private static @Nullable String encoding(HttpServerRequest request, Path file) {
        String takes = request.getHeader("Accept-Encoding");
        if (takes == null) {
            return null;
        }
        for (String encoding : new String[] {"br", "gzip"}) {
            boolean taken = (", " + takes + ",").replace(" ", "").contains("," + encoding + ",");
            if (taken && Files.exists(packed(file, encoding))) {
                return encoding;
            }
        }
        return null;
    }

    private static Path packed(Path file, String encoding) {
        return file.resolveSibling(file.getFileName() + (encoding.equals("br") ? ".br" : ".gz"));
    }

    private static String ending(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private Built current() {
        var known = built;
        if (folder != null) {
            try {
                var index = folder.resolve(INDEX);
                var modified = Files.exists(index) ? Files.getLastModifiedTime(index) : null;
                if (modified == null ? known.page() != null : !modified.equals(known.modified())) {
                    known = read(folder);
                    built = known;
                }
            } catch (IOException e) {
                log.warn("The console in {} cannot be looked at", folder, e);
            }
        }
        return known;
    }

    private static Built read(@Nullable Path folder) {
        var nothing = new Built(null, null, Map.of());
        if (folder == null || !Files.isRegularFile(folder.resolve(INDEX))) {
            return nothing;
        }
        var files = new HashMap<String, Path>();
        try (var all = Files.walk(folder)) {
            for (var file : (Iterable<Path>) all::iterator) {
                String name = "/" + folder.relativize(file).toString().replace('\\', '/');
                if (Files.isRegularFile(file) && TYPES.containsKey(ending(name))) {
                    files.put(name, file);
                }
            }
            var index = folder.resolve(INDEX);
            return new Built(
                    Files.readString(index, StandardCharsets.UTF_8),
                    Files.getLastModifiedTime(index),
                    Map.copyOf(files));
        } catch (IOException e) {
            log.error("The console in {} cannot be read", folder, e);
            return nothing;
        }
    }
}
