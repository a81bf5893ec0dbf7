package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The accounts at a node that a grant is for. `*` is any that the node allows; an empty list is
/// the node's default login only, whatever its name is.
///
/// Where no login is asked for: an empty list and `*` give the node's default, any other list its
/// first.
public record Logins(List<String> list) {

    public static final Logins DEFAULT_ONLY = new Logins(List.of());
    public static final Logins ANY = new Logins(List.of("*"));

    /// The settled login that means the node's default.
    public static final String NODE_DEFAULT = "";

    private static final int MOST = 32;
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");

    /// @throws Rejected as `invalid-request` for more than 32, or one that is no account name
    public Logins {
        list = List.copyOf(list);
        if (list.size() > MOST || new HashSet<>(list).size() != list.size()) {
            throw Rejected.invalid("A grant lists at most " + MOST + " logins, each once.");
        }
        for (String login : list) {
            if (!login.equals("*") && !isLogin(login)) {
                throw Rejected.invalid(
                        "A login is an account name of at most 32 characters, or * for any.");
            }
        }
    }

    public static boolean isLogin(String text) {
        return LOGIN.matcher(text).matches();
    }

    public boolean any() {
        return list.contains("*");
    }

    /// The login that these settle on.
    ///
    /// @param asked null or empty where none was asked for
    /// @return [#NODE_DEFAULT] or an account name; empty when not allowed
    public Optional<String> settle(@Nullable String asked) {
        if (asked == null || asked.isEmpty()) {
            return Optional.of(any() || list.isEmpty() ? NODE_DEFAULT : list.getFirst());
        }
        return isLogin(asked) && (any() || list.contains(asked))
                ? Optional.of(asked)
                : Optional.empty();
    }

    @Override
    public String toString() {
        return String.join(",", list);
    }
}
