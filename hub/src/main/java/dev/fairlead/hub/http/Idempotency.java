package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.db.Database;
import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.vault.Sealed;
import dev.fairlead.hub.vault.Vault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/// Does a write once per key: the row with its answer is in the write's own transaction, so there
/// is either both or neither. A repeat within a day gets the same answer; a refusal is not kept, so
/// that the same key may be tried again.
///
/// The answer may hold a fresh token, so it is stored sealed with the key of the asker's tenant.
public final class Idempotency {

    private static final String TABLE = "idempotency";

    private final Database database;
    private final Vault vault;

    private record Earlier(byte[] requestHash, int status, String response) {}

    public Idempotency(Database database, Vault vault) {
        this.database = database;
        this.vault = vault;
    }

    /// @throws Rejected as `idempotency-conflict` where the key was used for another request
    Answer once(Principal principal, String key, Request request, Supplier<Answer> write) {
        byte[] hash = hash(request);
        return database.inTenant(
                principal.tenant(),
                tx -> {
                    lock(tx, principal, key);
                    var earlier = find(tx, principal, key);
                    if (earlier.isPresent()) {
                        return again(tx, principal, key, hash, earlier.get());
                    }
                    var answer = write.get();
                    var kept = answer instanceof Answer.WithCookie with ? with.answer() : answer;
                    switch (kept) {
                        case Answer.Value(int status, Object value) ->
                                keep(tx, principal, key, hash, status, Json.bytes(value));
                        case Answer.Done() -> keep(tx, principal, key, hash, 204, new byte[0]);
                        case Answer.Live _, Answer.WithCookie _, Answer.Refused _ -> {}
                    }
                    return answer;
                });
    }

    private Answer again(Tx tx, Principal principal, String key, byte[] hash, Earlier earlier) {
        if (!MessageDigest.isEqual(hash, earlier.requestHash())) {
            throw Rejected.of(
                    Rejected.Code.IDEMPOTENCY_CONFLICT,
                    "The Idempotency-Key was used for another request.",
                    "Send a new key with each new request, and the same one only with a repeat.");
        }
        byte[] value =
                vault.open(
                        tx,
                        TABLE,
                        id(principal, key),
                        new Sealed(Base64.getDecoder().decode(earlier.response())));
        return earlier.status() == 204
                ? Answer.done()
                : new Answer.Value(earlier.status(), Json.parse(value));
    }

    /// A second request with the key waits here until the first is through.
    private static void lock(Tx tx, Principal principal, String key) {
        tx.handle()
                .createQuery("select pg_advisory_xact_lock(hashtextextended(:what, 0)) is null")
                .bind("what", id(principal, key))
                .mapTo(Boolean.class)
                .one();
    }

    private static Optional<Earlier> find(Tx tx, Principal principal, String key) {
        return tx.handle()
                .createQuery(
                        """
                        select request_hash, status, response from idempotency
                        where principal = :principal and key = :key\
                        """)
                .bind("principal", principal.user().uuid())
                .bind("key", key)
                .map((row, context) ->
                        new Earlier(
                                row.getBytes("request_hash"),
                                row.getInt("status"),
                                row.getString("response")))
                .findOne();
    }

    private void keep(
            Tx tx, Principal principal, String key, byte[] hash, int status, byte[] value) {
        var sealed = vault.seal(tx, TABLE, id(principal, key), value);
        tx.handle()
                .createUpdate(
                        """
                        insert into idempotency (tenant_id, principal, key, request_hash, status, response)
                        values (:tenant, :principal, :key, :hash, :status, :response)\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("principal", principal.user().uuid())
                .bind("key", key)
                .bind("hash", hash)
                .bind("status", status)
                .bind("response", Base64.getEncoder().encodeToString(sealed.bytes()))
                .execute();
    }

    private static String id(Principal principal, String key) {
        return principal.user().text() + "/" + key;
    }

    private static byte[] hash(Request request) {
        var all = new ByteArrayOutputStream();
        for (String part :
                new String[] {request.method(), request.path(), request.query().toString()}) {
            all.writeBytes(part.getBytes(StandardCharsets.UTF_8));
            all.write(0);
        }
        all.writeBytes(request.body());
        try {
            return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
