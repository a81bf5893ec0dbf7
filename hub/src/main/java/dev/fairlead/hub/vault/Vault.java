package dev.fairlead.hub.vault;

import dev.fairlead.hub.db.Tx;
import dev.fairlead.hub.vault.Sealed.Place;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// Seals and opens secrets of the transaction's tenant, under that tenant's data key. No key is
/// kept in memory beyond a call.
public final class Vault {

    private static final String KEYS = "tenant_key";

    private final MasterKey master;
    private final SecureRandom random;

    public Vault(MasterKey master, SecureRandom random) {
        this.master = master;
        this.random = random;
    }

    /// Makes the first data key of the transaction's tenant, where it has none.
    public void ensureKey(Tx tx) {
        boolean has =
                tx.handle()
                        .createQuery("select exists (select from tenant_key)")
                        .mapTo(Boolean.class)
                        .one();
        if (has) {
            return;
        }
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        Sealed sealed =
                Sealed.seal(master.key(), master.version(), placeOfKey(tx, 1), bits, random);
        Arrays.fill(bits, (byte) 0);
        tx.handle()
                .createUpdate(
                        "insert into tenant_key (tenant_id, version, sealed) values (:tenant, 1,"
                                + " :sealed)")
                .bind("tenant", tx.tenant().uuid())
                .bind("sealed", sealed.bytes())
                .execute();
    }

    /// Seals a secret for one row of the transaction's tenant.
    ///
    /// @param table the table that it will be in
    /// @param id the rest of the row's primary key
    public Sealed seal(Tx tx, String table, String id, byte[] secret) {
        int version =
                tx.handle()
                        .createQuery("select max(version) from tenant_key")
                        .mapTo(Integer.class)
                        .one();
        return Sealed.seal(dataKey(tx, version), version, place(tx, table, id), secret, random);
    }

    /// Opens a secret.
    ///
    /// @throws CannotOpen where it was sealed for another row or by another key
    public byte[] open(Tx tx, String table, String id, Sealed sealed) {
        return sealed.open(dataKey(tx, sealed.version()), place(tx, table, id));
    }

    private SecretKey dataKey(Tx tx, int version) {
        byte[] sealed =
                tx.handle()
                        .createQuery("select sealed from tenant_key where version = :version")
                        .bind("version", version)
                        .mapTo(byte[].class)
                        .findOne()
                        .orElseThrow(() ->
                                new CannotOpen("the tenant has no data key " + version, null));
        byte[] bits = new Sealed(sealed).open(master.key(), placeOfKey(tx, version));
        SecretKey key = new SecretKeySpec(bits, "AES");
        Arrays.fill(bits, (byte) 0);
        return key;
    }

    private static Place placeOfKey(Tx tx, int version) {
        return place(tx, KEYS, Integer.toString(version));
    }

    private static Place place(Tx tx, String table, String id) {
        UUID tenant = tx.tenant().uuid();
        return new Place(tenant, table, id);
    }
}
