package dev.fairlead.hub.enroll;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// Serves the installer script and the agent's package to anybody: both are public, and whoever
/// runs the script has its SHA-256 from the line that the CLI printed.
public final class InstallerRoutes {

    public static final String SCRIPT = "/install/agent.sh";
    public static final String PACKAGE = "/install/fairlead-agent-linux-amd64.tar.gz";

    private static final String NONE =
            "This hub has no agent package to serve: its installation was not built whole.\n";

    private final Installer installer;

    public InstallerRoutes(Installer installer) {
        this.installer = installer;
    }

    public void mount(Router router) {
        router.get(SCRIPT)
                .handler(context ->
                        serve(
                                context,
                                offer -> {
                                    if (fresh(context, offer.scriptSha256())) {
                                        context.response()
                                                .putHeader(
                                                        HttpHeaders.CONTENT_TYPE,
                                                        "text/x-shellscript; charset=utf-8")
                                                .end(Buffer.buffer(offer.script()));
                                    }
                                }));
        router.get(PACKAGE)
                .handler(context ->
                        serve(
                                context,
                                offer -> {
                                    if (fresh(context, offer.packageSha256())) {
                                        context.response()
                                                .putHeader(
                                                        HttpHeaders.CONTENT_TYPE,
                                                        "application/gzip")
                                                .sendFile(offer.packageFile().toString())
                                                .onFailure(context::fail);
                                    }
                                }));
    }

    private interface Answer {
        void send(Installer.Offer offer);
    }

    /// Off the event loop: the first request may hash the package.
    private void serve(RoutingContext context, Answer answer) {
        context.vertx()
                .executeBlocking(installer::offer, false)
                .onSuccess(offer -> {
                    if (offer.isPresent()) {
                        answer.send(offer.get());
                    } else {
                        context.response()
                                .setStatusCode(404)
                                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                                .end(NONE);
                    }
                })
                .onFailure(context::fail);
    }

    /// Names the version, and answers 304 where the client has it already.
    private static boolean fresh(RoutingContext context, String sha256) {
        String etag = "\"" + sha256 + "\"";
        context.response()
                .putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (etag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            context.response().setStatusCode(304).end();
            return false;
        }
        return true;
    }
}
