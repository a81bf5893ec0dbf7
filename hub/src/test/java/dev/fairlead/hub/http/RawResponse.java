package dev.fairlead.hub.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLSession;

/// An answer that was read from a socket, for requests that a decent client does not send.
record RawResponse(String text) implements HttpResponse<String> {

    @Override
    public int statusCode() {
        return Integer.parseInt(text.split(" ", 3)[1]);
    }

    @Override
    public String body() {
        return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    @Override
    public HttpHeaders headers() {
        Map<String, List<String>> headers = new TreeMap<>();
        text.substring(0, text.indexOf("\r\n\r\n"))
                .lines()
                .skip(1)
                .forEach(line ->
                        headers.computeIfAbsent(
                                        line.substring(0, line.indexOf(':'))
                                                .toLowerCase(Locale.ROOT),
                                        k -> new ArrayList<>())
                                .add(line.substring(line.indexOf(':') + 1).strip()));
        return HttpHeaders.of(headers, (a, b) -> true);
    }

    @Override
    public HttpRequest request() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HttpResponse<String>> previousResponse() {
        return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return Optional.empty();
    }

    @Override
    public URI uri() {
        throw new UnsupportedOperationException();
    }

    @Override
    public HttpClient.Version version() {
        return HttpClient.Version.HTTP_1_1;
    }
}
