package dev.fairlead.cli.stream;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import dev.fairlead.link.dial.DialException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Why no link came about, as a person is told.
final class DialProblem {

    private DialProblem() {}

    static CliException of(DialException e, URI hub, String profileName) {
        var refused = e.refused();
        var exit =
                refused == null
                        ? Exit.UNREACHABLE
                        : switch (refused.code()) {
                            case BAD_TOKEN, EXPIRED_TOKEN, RIGHT_ENDED, REVOKED ->
                                    Exit.NOT_SIGNED_IN;
                            case BUSY, INTERCEPTED, INTERNAL -> Exit.UNREACHABLE;
                            default -> Exit.FAILED;
                        };
        return new CliException(
                exit, sentence(String.valueOf(e.getMessage())), hint(e, hub, profileName));
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    private static @Nullable String hint(DialException e, URI hub, String profileName) {
        return switch (e.failure()) {
            case REFUSED -> "fairlead login --profile " + profileName;
            case OTHER_IDENTITY ->
                    "If the hub was set up anew, sign in with its new fingerprint: fairlead login "
                            + hub
                            + "#FINGERPRINT --profile "
                            + profileName;
            case TLS ->
                    "fairlead login "
                            + hub
                            + "#FINGERPRINT --profile "
                            + profileName
                            + " fetches the hub's CA";
            case PROXY_AUTHENTICATION -> "Set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
            case BUSY, CONNECTION_LOST, TIMED_OUT -> "Try again";
            default -> null;
        };
    }
}
