package dev.fairlead.cli;

import dev.fairlead.cli.profile.Profile;
import dev.fairlead.link.handshake.Fingerprint;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where somebody is about to sign in: what was typed, and what the profile knows already.
///
/// @param user who signed in there before
/// @param tenant in which that person worked before
record LoginTarget(
        URI hub,
        @Nullable String fingerprint,
        @Nullable String ca,
        @Nullable String user,
        @Nullable String tenant) {

    /// @param address as typed, `https://HOST[:PORT][#FINGERPRINT]`, or null for the profile's
    /// @param old the profile before, or null
    /// @throws CliException where the address makes no sense, or where the profile is signed in at
    ///   another hub: that one would be lost
    static LoginTarget of(@Nullable String address, String name, @Nullable Profile old) {
        if (address == null) {
            if (old == null) {
                throw new CliException(
                        Exit.USAGE,
                        "No hub is named, and there is no profile \"" + name + "\" yet.",
                        "fairlead login https://HUB");
            }
            return new LoginTarget(
                    old.hub(), old.fingerprint(), old.ca(), old.user(), old.tenant());
        }
        var typed = parse(address);
        if (old == null || !sameHub(old, typed)) {
            if (old != null && old.token() != null) {
                throw new CliException(
                        Exit.USAGE,
                        "The profile \"" + name + "\" is signed in at another hub: " + old + ".",
                        "Choose a name for this one with --profile NAME, or fairlead logout first");
            }
            return typed;
        }
        return new LoginTarget(
                typed.hub(),
                typed.fingerprint() == null ? old.fingerprint() : typed.fingerprint(),
                old.ca(),
                old.user(),
                old.tenant());
    }

    /// Whether a profile is signed in at the hub that was typed.
    static boolean isAt(Profile profile, String address) {
        return sameHub(profile, parse(address));
    }

    /// A hub is its fingerprint: another one is another hub, though the address be the same, and a
    /// hub that has moved is the same. Without one, it is the address.
    private static boolean sameHub(Profile old, LoginTarget typed) {
        return typed.fingerprint() == null
                ? old.hub().equals(typed.hub())
                : typed.fingerprint().equals(old.fingerprint());
    }

    private static LoginTarget parse(String address) {
        String text = address.contains("://") ? address : "https://" + address;
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw notAHub(address);
        }
        String path = uri.getPath();
        if (!"https".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || (path != null && !path.isEmpty() && !path.equals("/"))
                || uri.getQuery() != null) {
            throw notAHub(address);
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        var hub =
                URI.create(
                        "https://"
                                + host
                                + (uri.getPort() < 0 || uri.getPort() == 443
                                        ? ""
                                        : ":" + uri.getPort()));
        String fingerprint = uri.getFragment();
        return new LoginTarget(
                hub, fingerprint == null ? null : fingerprint(fingerprint), null, null, null);
    }

    private static String fingerprint(String typed) {
        try {
            return Fingerprint.parse(typed).toString();
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Exit.USAGE,
                    "The text after # is no fingerprint: " + e.getMessage() + ".",
                    "The hub prints its fingerprint when it starts.");
        }
    }

    /// The same, trusting what the hub has proved.
    ///
    /// @param caFile where its CA was saved, or null where its certificate is of another's
    LoginTarget trusting(@Nullable String caFile) {
        return new LoginTarget(hub, fingerprint, caFile, user, tenant);
    }

    private static CliException notAHub(String address) {
        return new CliException(
                Exit.USAGE,
                "\"" + address + "\" is not the address of a hub.",
                "An address is https://HOST, https://HOST:PORT, or one of them and #FINGERPRINT.");
    }
}
