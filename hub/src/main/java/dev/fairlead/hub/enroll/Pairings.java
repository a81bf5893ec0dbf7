package dev.fairlead.hub.enroll;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.audit.AuditEntry;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.PairingId;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.fleet.EnrolNode;
import dev.fairlead.hub.fleet.Enrolled;
import dev.fairlead.hub.fleet.NodeFacts;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.link.handshake.Approved;
import dev.fairlead.link.handshake.PairingAnswer;
import dev.fairlead.link.handshake.PeerIdentity;
import dev.fairlead.link.handshake.Refusal;
import dev.fairlead.link.handshake.Refused;
import dev.fairlead.link.handshake.Verdict;
import dev.fairlead.link.handshake.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Machines that show a code and wait for an operator. The codes are in the database, hashed; who
/// waits for the answer is a connection of this hub, so it is in memory.
///
/// Flow: [#open] (a machine dials) -> the person there reads the code out -> [#lookUp] and
/// [#approve] or [#deny] (an operator, who compares the fingerprint) -> the person confirms ->
/// [#enrol].
public final class Pairings {

    /// That wait at this hub, at most.
    public static final int MOST = 100;

    /// That wait from one address, at most: one machine shall not take all places.
    static final int MOST_PER_ADDRESS = 10;

    static final Duration TIME = Duration.ofMinutes(10);

    private static final Duration LATER = Duration.ofSeconds(30);

    private final Database database;
    private final Audit audit;
    private final EnrolNode enrol;
    private final AdmissionFacts facts;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Executor executor;
    private final Tries tries;
    private final byte[] hashKey = new byte[32];
    private final PairingStore store = new PairingStore();
    private final ConcurrentHashMap<PairingId, WaitingPairing> waiting = new ConcurrentHashMap<>();

    /// What an operator sees of a machine that waits, or that was just approved.
    ///
    /// @param fingerprint of both keys and the transcript; the node shows the same
    /// @param name what it will be called
    /// @param facts unproved
    /// @param address where it dialled from
    public record Shown(
            String fingerprint,
            Name name,
            NodeFacts facts,
            String address,
            Instant expires,
            boolean approved) {}

    /// @param executor virtual threads
    public Pairings(
            Database database,
            Audit audit,
            EnrolNode enrol,
            AdmissionFacts facts,
            InstantSource clock,
            SecureRandom random,
            Executor executor) {
        this.database = database;
        this.audit = audit;
        this.enrol = enrol;
        this.facts = facts;
        this.clock = clock;
        this.random = random;
        this.executor = executor;
        this.tries = new Tries(clock);
        random.nextBytes(hashKey);
    }

    /// Puts up a code for a machine.
    ///
    /// @param address where it dials from
    PairingAnswer open(PeerIdentity peer, String fingerprint, String address) {
        PairingCode code = PairingCode.fresh(random);
        WaitingPairing pairing =
                new WaitingPairing(
                        this,
                        PairingId.fresh(),
                        peer,
                        address,
                        code.text(),
                        TIME,
                        clock.instant().plus(TIME),
                        executor);
        waiting.put(pairing.id(), pairing);
        boolean opened = false;
        try {
            // Put first and counted then: of many at once none slips by.
            long same = waiting.values().stream().filter(w -> w.address().equals(address)).count();
            opened = same <= MOST_PER_ADDRESS && insert(pairing, code, fingerprint);
        } finally {
            if (!opened) {
                waiting.remove(pairing.id());
            }
        }
        if (!opened) {
            audit.count(TenantId.SYSTEM, "pairing.open", address, "too-many-wait");
            return new Refused(
                    Refusal.BUSY,
                    "too many machines wait for their approval at this hub; try again later, or use"
                            + " an enrolment token",
                    LATER);
        }
        return pairing;
    }

    private boolean insert(WaitingPairing pairing, PairingCode code, String fingerprint) {
        return database.system(tx ->
                store.open(
                        tx,
                        pairing.id(),
                        code.hash(hashKey),
                        pairing.peer().needKey(),
                        fingerprint,
                        NodeFacts.of(pairing.peer()),
                        pairing.address(),
                        clock.instant().plus(TIME),
                        MOST));
    }

    /// A machine that waits, as the hub's staff is told of it: without its code and its
    /// fingerprint, which an operator has from the person at the machine or not at all.
    ///
    /// @param facts unproved
    /// @param address where it dialled from
    public record Waits(PairingId id, NodeFacts facts, String address, Instant expires) {}

    /// Those that nobody has approved or denied yet, oldest first.
    public List<Waits> waiting(@Nullable PairingId after, int limit) {
        Instant now = clock.instant();
        return waiting.values().stream()
                .filter(one -> one.isOpen() && one.until().isAfter(now))
                .sorted(Comparator.comparing(one -> one.id().text()))
                .filter(one -> after == null || one.id().text().compareTo(after.text()) > 0)
                .limit(limit)
                .map(one ->
                        new Waits(one.id(), NodeFacts.of(one.peer()), one.address(), one.until()))
                .toList();
    }

    /// What waits behind a code.
    ///
    /// @throws Rejected as `not-found`, also for one that is not whole; `too-many-attempts` after
    ///   five wrong ones of this user within a minute
    public Shown lookUp(Actor actor, TenantId tenant, String typed) {
        return database.inTenant(
                tenant,
                tx -> {
                    PairingStore.Waiting found = find(tx, actor, typed);
                    return shown(found, enrol.nameFor(tx, found.facts().hostname()), false);
                });
    }

    /// Approves a machine, which then joins when the person there confirms.
    ///
    /// @param fingerprint that the look-up gave and the node shows
    /// @param name what it shall be called; null for what the look-up said
    /// @throws Rejected as [#lookUp]; `conflict` where the fingerprint differs or the name is taken
    public Shown approve(
            Actor actor,
            TenantId tenant,
            String tenantName,
            String typed,
            String fingerprint,
            @Nullable Name name,
            Labels labels) {
        return database.inTenant(
                tenant,
                tx -> {
                    PairingStore.Waiting found = find(tx, actor, typed);
                    mustBeSame(found.fingerprint(), fingerprint);
                    Name settled = settle(tx, found, name);
                    WaitingPairing pairing = waiting.get(found.id());
                    if (pairing == null
                            || !store.approve(tx, found.id(), actor.who(), settled, labels)) {
                        throw noSuchCode();
                    }
                    tx.afterCommit(() ->
                            pairing.approve(new Approved(facts.name(), tenantName, actor.who())));
                    audit.record(
                            tx,
                            AuditEntry.done(
                                            "pairing.approve",
                                            actor,
                                            settled.text(),
                                            found.id().text())
                                    .with(details(found, labels)));
                    return shown(found, settled, true);
                });
    }

    /// Turns a machine away: it is told so, and its code is no more.
    ///
    /// @throws Rejected as [#lookUp]
    public void deny(Actor actor, TenantId tenant, String typed) {
        database.useTenant(
                tenant,
                tx -> {
                    PairingStore.Waiting found = find(tx, actor, typed);
                    WaitingPairing pairing = waiting.get(found.id());
                    if (pairing == null || !store.drop(tx, found.id())) {
                        throw noSuchCode();
                    }
                    tx.afterCommit(() -> {
                        waiting.remove(found.id());
                        pairing.deny();
                    });
                    audit.recordTaking(
                            tx,
                            AuditEntry.done(
                                            "pairing.deny",
                                            actor,
                                            found.facts().hostname(),
                                            found.id().text())
                                    .with(details(found, Labels.NONE)));
                });
    }

    private PairingStore.Waiting find(Tx tx, Actor actor, String typed) {
        String user = actor.id() == null ? actor.who() : actor.id();
        tries.begin(user);
        PairingStore.Waiting found =
                PairingCode.parse(typed)
                        .flatMap(code -> store.find(tx, code.hash(hashKey)))
                        .filter(w -> waiting.containsKey(w.id()))
                        .orElseThrow(Pairings::noSuchCode);
        tries.right(user);
        return found;
    }

    private static Rejected noSuchCode() {
        return Rejected.of(
                Rejected.Code.NOT_FOUND,
                "No machine waits with this code.",
                "Type it whole, as the node shows it; it is good for ten minutes.");
    }

    private static void mustBeSame(String shown, String typed) {
        // Blanks and hyphens are for the eye.
        byte[] a = shown.replaceAll("[\\s-]", "").getBytes(StandardCharsets.UTF_8);
        byte[] b = typed.replaceAll("[\\s-]", "").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(a, b)) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT,
                    "This is not the fingerprint of the machine that waits with this code.",
                    "Do not approve it unless the node shows the same fingerprint: somebody may be in"
                            + " between.");
        }
    }

    private Name settle(Tx tx, PairingStore.Waiting found, @Nullable Name name) {
        if (name == null) {
            return enrol.nameFor(tx, found.facts().hostname());
        }
        if (!enrol.isFree(tx, name)) {
            throw Rejected.of(
                    Rejected.Code.CONFLICT,
                    "Another node of this tenant is called " + name + ".",
                    "Give another name, or none to take that of the host.");
        }
        return name;
    }

    private static Map<String, Object> details(PairingStore.Waiting found, Labels labels) {
        Map<String, Object> details = new TreeMap<>();
        details.put("fingerprint", found.fingerprint());
        details.put("address", found.address());
        if (found.facts().hostname() != null) {
            details.put("hostname", found.facts().hostname());
        }
        if (!labels.map().isEmpty()) {
            details.put("labels", labels.toString());
        }
        return details;
    }

    private static Shown shown(PairingStore.Waiting found, Name name, boolean approved) {
        return new Shown(
                found.fingerprint(),
                name,
                found.facts(),
                found.address(),
                found.expires(),
                approved);
    }

    /// The person at the node confirmed.
    Verdict enrol(WaitingPairing pairing) {
        waiting.remove(pairing.id());
        VerifyingKey key = pairing.peer().needKey();
        try {
            return database.<Verdict>system(tx -> {
                PairingStore.Approved approved = store.approved(tx, pairing.id(), key).orElse(null);
                if (approved == null) {
                    return new Refused(
                            Refusal.PAIRING_EXPIRED,
                            "the pairing is no more; start again for a new code");
                }
                if (!approved.enabled()) {
                    return new Refused(
                            Refusal.RIGHT_ENDED,
                            "the tenant " + approved.tenantName() + " is disabled");
                }
                Enrolled node =
                        database.inTenant(
                                approved.tenant(), inner -> enrol(inner, pairing, approved));
                return facts.welcome(node, approved.tenantName());
            });
        } catch (Rejected e) {
            if (e.code() == Rejected.Code.UNAVAILABLE) {
                return new Refused(Refusal.BUSY, e.detail(), LATER);
            }
            String hint = e.hint();
            return new Refused(
                    Refusal.BAD_TOKEN, hint == null ? e.detail() : e.detail() + " " + hint);
        }
    }

    private Enrolled enrol(Tx tx, WaitingPairing pairing, PairingStore.Approved approved) {
        Enrolled node =
                enrol.fresh(
                        tx,
                        NodeId.fresh(),
                        approved.name(),
                        pairing.peer().needKey(),
                        NodeFacts.of(pairing.peer()),
                        approved.labels(),
                        new EnrolNode.By(
                                pairing.id().text(), approved.approver(), pairing.address()));
        store.joined(tx, pairing.id(), node.node());
        return node;
    }

    /// The machine is gone, said no, or ran out of time.
    void abandon(WaitingPairing pairing) {
        waiting.remove(pairing.id());
        database.system(tx -> store.drop(tx, pairing.id()));
    }
}
