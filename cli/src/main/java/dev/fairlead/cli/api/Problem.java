package dev.fairlead.cli.api;

import dev.fairlead.cli.CliException;
import dev.fairlead.cli.Exit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The hub's answer that something did not work (RFC 9457); `detail` and `hint` are written for
/// people and shown as they are.
public final class Problem extends CliException {

    private final String code;

    Problem(String code, Exit exit, String detail, String hint) {
        super(exit, detail, hint);
        this.code = code;
    }

    /// @param status of HTTP, which counts where a later hub has a code that is not known here
    static Problem of(int status, JsonNode body) {
        String code = body.path("code").asString("");
        String detail = body.path("detail").asString("The hub answered " + status + ".");
        String errors =
                body.path("errors").values().stream()
                        .map(e ->
                                "\n  "
                                        + e.path("field").asString("")
                                        + ": "
                                        + e.path("detail").asString(""))
                        .collect(Collectors.joining());
        String incident = body.path("incident").asString("");
        return new Problem(
                code,
                exit(code, status),
                detail + (incident.isEmpty() ? "" : " (incident " + incident + ")") + errors,
                body.path("hint").asString(""));
    }

    private static Exit exit(String code, int status) {
        return switch (code) {
            case "not-signed-in", "wrong-credentials" -> Exit.NOT_SIGNED_IN;
            case "denied" -> Exit.DENIED;
            case "not-found", "gone" -> Exit.NOT_FOUND;
            case "unavailable" -> Exit.UNREACHABLE;
            default ->
                    switch (status) {
                        case 401 -> Exit.NOT_SIGNED_IN;
                        case 403 -> Exit.DENIED;
                        case 404, 410 -> Exit.NOT_FOUND;
                        case 502, 503, 504 -> Exit.UNREACHABLE;
                        default -> Exit.FAILED;
                    };
        };
    }

    /// One of the codes in the API's contract, or of a later one.
    public String code() {
        return code;
    }
}
