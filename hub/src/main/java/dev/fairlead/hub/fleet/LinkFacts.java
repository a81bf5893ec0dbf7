package dev.fairlead.hub.fleet;

import dev.fairlead.link.handshake.Between;
import dev.fairlead.link.handshake.PeerIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is known of a node's link beside where it comes from. All but [#innerTls()] is what the
/// agent says, unproved, and fit to be shown.
///
/// @param innerTls whether it has a second TLS inside
/// @param between who issued the certificate that the agent saw in between; null where it was the
///   hub's
/// @param instance which process of the agent it is; null where it does not say
/// @param dials the addresses of the hub that it dials next time
/// @param follows whether these are what the hub told, and not what its owner configured
public record LinkFacts(
        boolean innerTls,
        @Nullable String between,
        @Nullable String instance,
        List<String> dials,
        boolean follows) {

    /// For a link of which nothing is known.
    public static final LinkFacts NONE = new LinkFacts(false, null, null, List.of(), true);

    private static final int MAX_ISSUER = 256;
    private static final int MAX_ADDRESSES = 8;
    private static final Pattern ADDRESS = Pattern.compile("https://[A-Za-z0-9.:\\[\\]-]{1,260}");
    private static final Pattern INSTANCE = Pattern.compile("[0-9a-f]{1,64}");

    public LinkFacts {
        between = Printable.of(between, MAX_ISSUER);
        instance = instance == null || !INSTANCE.matcher(instance).matches() ? null : instance;
        dials = List.copyOf(dials);
    }

    /// @param told the addresses that the hub told
    public static LinkFacts of(PeerIdentity peer, List<String> told) {
        Between between = peer.between();
        String configured = peer.info().get("dials");
        return new LinkFacts(
                between.innerTls(),
                between.issuer(),
                instance(peer),
                configured == null ? told : addresses(configured),
                configured == null);
    }

    private static List<String> addresses(String said) {
        return Arrays.stream(said.split(" "))
                .filter(address -> ADDRESS.matcher(address).matches())
                .limit(MAX_ADDRESSES)
                .toList();
    }

    /// As [#instance()].
    public static @Nullable String instance(PeerIdentity peer) {
        String instance = peer.info().get("instance");
        return instance == null || !INSTANCE.matcher(instance).matches() ? null : instance;
    }
}
