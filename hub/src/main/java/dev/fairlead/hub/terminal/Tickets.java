package dev.fairlead.hub.terminal;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.access.TerminalStream;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.SessionId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.link.Headers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What lets one WebSocket be one terminal: made for a sign-in, good once and for moments, and only
/// ever sent in a request's answer and in a WebSocket's first message, so that no log, history or
/// other page gets to see one.
final class Tickets {

    static final Duration LIFE = Duration.ofSeconds(30);

    private static final String PREFIX = "flw_";
    private static final int RANDOM_BYTES = 32;

    /// Of one person at a time.
    private static final int MOST = 64;

    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();

    /// What a ticket is for.
    ///
    /// @param argv a JSON array, of a program; null for a terminal
    /// @param by whose credential it was made for, and works with
    /// @param fresh whether the terminal is still to be opened
    record Ticket(
            SessionId terminal,
            TenantId tenant,
            NodeId node,
            String login,
            @Nullable String argv,
            Principal by,
            boolean fresh,
            Instant expires) {

        /// The OPEN that this ticket is for.
        Headers headers(PageMessage.Attach attach) {
            var first =
                    argv == null
                            ? TerminalStream.open(terminal, tenant, node, login, attach.size())
                            : TerminalStream.exec(terminal, tenant, node, login, argv);
            return fresh ? first : TerminalStream.resume(first, terminal, attach.from());
        }
    }

    Tickets(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /// @return its text, to be given to the person now and never again
    /// @throws Rejected as `limit-reached`
    String issue(
            SessionId terminal,
            TenantId tenant,
            NodeId node,
            String login,
            @Nullable String argv,
            Principal by,
            boolean fresh) {
        var now = clock.instant();
        tickets.values().removeIf(ticket -> !ticket.expires().isAfter(now));
        if (tickets.values().stream().filter(ticket -> isOf(ticket, by)).count() >= MOST) {
            throw Rejected.of(
                    Rejected.Code.LIMIT_REACHED,
                    "You have " + MOST + " tickets for terminals that were not used.",
                    "Wait " + LIFE.toSeconds() + " s, until they are void.");
        }
        byte[] bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        tickets.put(
                text, new Ticket(terminal, tenant, node, login, argv, by, fresh, now.plus(LIFE)));
        return text;
    }

    /// Uses a ticket up, whoever shows it; empty where it is none, or not this credential's.
    Optional<Ticket> redeem(String text, Principal by) {
        return Optional.ofNullable(tickets.remove(text))
                .filter(ticket -> ticket.by().credential().equals(by.credential()))
                .filter(ticket -> ticket.expires().isAfter(clock.instant()));
    }

    /// Terminals that this person is about to open.
    long unopened(Principal by) {
        var now = clock.instant();
        return tickets.values().stream()
                .filter(ticket ->
                        ticket.fresh()
                                && ticket.argv() == null
                                && isOf(ticket, by)
                                && ticket.expires().isAfter(now))
                .count();
    }

    private static boolean isOf(Ticket ticket, Principal by) {
        return ticket.by().user().equals(by.user());
    }
}
