package dev.fairlead.hub.fleet;

import dev.fairlead.hub.Rejected;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The agent's own ceiling as it told the hub: shown to people, never relied on, for the agent
/// enforces it.
///
/// @param profile such as `node`, `gateway`
/// @param allow its rules for what may be reached, in its words
/// @param logins the logins that it lets sessions have
/// @param defaultLogin the one where none is asked for
public record NodePolicy(
        String profile, List<String> allow, List<String> logins, @Nullable String defaultLogin) {

    private static final int MOST = 256;

    /// @throws Rejected as `invalid-request` beyond the limits of the API's schema
    public NodePolicy {
        profile = ReadCall.text("profile", profile, 32);
        allow = texts("allow", allow, 256);
        logins = texts("logins", logins, 32);
        defaultLogin =
                defaultLogin == null ? null : ReadCall.text("defaultLogin", defaultLogin, 32);
    }

    private static List<String> texts(String what, @Nullable List<String> texts, int max) {
        if (texts == null) {
            throw Rejected.invalid("The policy lacks " + what + ".");
        }
        if (texts.size() > MOST) {
            throw Rejected.invalid("The policy has more than " + MOST + " of " + what + ".");
        }
        return texts.stream()
                .map(text -> Objects.requireNonNull(ReadCall.text(what, text, max)))
                .toList();
    }
}
