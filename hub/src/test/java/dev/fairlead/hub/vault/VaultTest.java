package dev.fairlead.hub.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.audit.Audit;
import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.db.TestDatabase;
import dev.fairlead.hub.rbac.RightsChanged;
import dev.fairlead.hub.tenant.Tenants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {

    @RegisterExtension static final TestDatabase DB = new TestDatabase();

    private static final byte[] SECRET = "the private half".getBytes(StandardCharsets.UTF_8);

    @TempDir Path folder;
    private Vault vault;
    private TenantId a;
    private TenantId b;

    @BeforeEach
    void setUp() throws IOException {
        SecureRandom random = new SecureRandom();
        vault = new Vault(MasterKey.open(folder.resolve("master.key"), random), random);
        Tenants tenants = new Tenants(DB.get(), vault, new Audit(DB.get()), RightsChanged.NOBODY);
        a = tenants.create(Actor.HUB, name()).id();
        b = tenants.create(Actor.HUB, name()).id();
    }

    private static Name name() {
        return new Name("t" + Math.abs(new SecureRandom().nextLong()));
    }

    private Sealed seal(TenantId tenant) {
        return DB.get().inTenant(tenant, tx -> vault.seal(tx, "ssh_host_ca", "1", SECRET));
    }

    private byte[] open(TenantId tenant, String table, String id, Sealed sealed) {
        return DB.get().inTenant(tenant, tx -> vault.open(tx, table, id, sealed));
    }

    @Test
    void opensWhereItWasPutAndNowhereElse() {
        Sealed sealed = seal(a);
        assertThat(open(a, "ssh_host_ca", "1", sealed)).isEqualTo(SECRET);
        assertThatThrownBy(() -> open(b, "ssh_host_ca", "1", sealed))
                .isInstanceOf(CannotOpen.class);
        assertThatThrownBy(() -> open(a, "ssh_host_ca", "2", sealed))
                .isInstanceOf(CannotOpen.class);
        assertThatThrownBy(() -> open(a, "app_user", "1", sealed)).isInstanceOf(CannotOpen.class);
        assertThat(new String(sealed.bytes(), StandardCharsets.ISO_8859_1))
                .doesNotContain("private half");
        assertThat(seal(a).bytes()).isNotEqualTo(sealed.bytes());
    }

    @Test
    void everyAlteredByteIsNoticed() {
        byte[] bytes = seal(a).bytes();
        for (int i = 0; i < bytes.length; i++) {
            byte[] altered = bytes.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> open(a, "ssh_host_ca", "1", new Sealed(altered)))
                    .describedAs("byte %d", i)
                    .isInstanceOf(CannotOpen.class);
        }
        assertThatThrownBy(() -> open(a, "ssh_host_ca", "1", new Sealed(new byte[3])))
                .isInstanceOf(CannotOpen.class);
    }

    @Test
    void anotherMasterKeyOpensNothing() throws IOException {
        Sealed sealed = seal(a);
        SecureRandom random = new SecureRandom();
        Vault other = new Vault(MasterKey.open(folder.resolve("other.key"), random), random);
        assertThatThrownBy(() ->
                        DB.get().inTenant(a, tx -> other.open(tx, "ssh_host_ca", "1", sealed)))
                .isInstanceOf(CannotOpen.class);
        Tenants tenants = new Tenants(DB.get(), vault, new Audit(DB.get()), RightsChanged.NOBODY);
        tenants.ensureSystem();
        tenants.ensureSystem();
        assertThatThrownBy(() ->
                        new Tenants(DB.get(), other, new Audit(DB.get()), RightsChanged.NOBODY)
                                .ensureSystem())
                .isInstanceOf(CannotOpen.class);
    }

    @Test
    void theKeyFileIsItsOwnersOnlyAndIsReadAgain() throws IOException {
        Path file = folder.resolve("master.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Sealed sealed = seal(a);
        SecureRandom random = new SecureRandom();
        Vault again = new Vault(MasterKey.open(file, random), random);
        assertThat(DB.get().<byte[]>inTenant(a, tx -> again.open(tx, "ssh_host_ca", "1", sealed)))
                .isEqualTo(SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> MasterKey.open(file, random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "aes256:1:AAAA\n");
        assertThatThrownBy(() -> MasterKey.open(file, random))
                .hasMessageContaining("holds no master key");
    }
}
