package dev.fairlead.hub.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/// What a browser sees at `/` where the console is not installed: what this is, and what to type.
/// It is the same for everybody and says nothing that `GET /api/v1/hub` does not say.
final class StartPage {

    private static final String STYLE =
            """
            :root { color-scheme: light dark; }
            body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem;
              color: light-dark(#1c2024, #e6e8eb); background: light-dark(#fff, #14171a); }
            h1 { font-size: 1.6rem; font-weight: 600; margin: 0 0 .25rem; }
            p { margin: .75rem 0; }
            code, pre { font: .9em ui-monospace, monospace; }
            pre { padding: .9rem 1rem; border-radius: .5rem; overflow-x: auto;
              background: light-dark(#f2f4f6, #1f2428); }
            small, dt { color: light-dark(#5b6570, #9aa4ae); }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
            dd { margin: 0; overflow-wrap: anywhere; }
            """;

    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>Fairlead</title>
            <style>%STYLE%</style>
            </head>
            <body>
            <main>
            <h1>Fairlead</h1>
            <p>This is a Fairlead hub. It lets a team reach machines behind other people's firewalls
            through this one port: each machine's agent dials out to it, and nothing listens there.</p>
            <p>There is no console in this installation. Use the command line:</p>
            <pre>fairlead login %URL%
            fairlead nodes
            fairlead ssh NODE</pre>
            <dl>
            <dt>Version</dt><dd>%VERSION%</dd>
            <dt>Fingerprint</dt><dd><code>%FINGERPRINT%</code></dd>
            </dl>
            <p><small>Compare the fingerprint with the one that your administrator gave you before you trust this
            hub. The API is at <code>/api/v1</code>.</small></p>
            </main>
            </body>
            </html>
            """;

    private final byte[] html;

    StartPage(HubInfo hub) {
        this.html =
                PAGE.replace("%STYLE%", STYLE)
                        .replace("%URL%", escape(hub.url()))
                        .replace("%VERSION%", escape(hub.version()))
                        .replace("%FINGERPRINT%", escape(hub.fingerprint()))
                        .getBytes(StandardCharsets.UTF_8);
    }

    byte[] html() {
        return html.clone();
    }

    /// Nothing but this one style.
    static String policy() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(STYLE.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(hash)
                    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
