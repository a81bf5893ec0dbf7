package dev.fairlead.link.dial;

import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;

/// Keeps a process from opening every jar of its class path for a handler of `http` URLs, which it
/// never opens: Java's cryptography makes such a URL when it is first used (`JceSecurity`), and
/// looks for handlers as services. For programs that somebody waits for: it takes an eighth of the
/// time until an agent is linked. Java's `HttpClient` asks no handler.
public final class NoUrlLookup {

    private NoUrlLookup() {}

    /// Once in a process, as the first thing that it does.
    public static void install() {
        URL.setURLStreamHandlerFactory(
                protocol -> protocol.startsWith("http") ? new Unopened() : null);
    }

    private static final class Unopened extends URLStreamHandler {
        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            throw new IOException("this program opens no URLs, but was to open " + url);
        }
    }
}
