package dev.fairlead.hub.hostca;

import dev.fairlead.hub.Rejected;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// A public ed25519 key in OpenSSH's form.
///
/// @param raw the 32 bytes of RFC 8032
record SshHostKey(byte[] raw) {

    static final String TYPE = "ssh-ed25519";

    private static final int MAX = 1_024;

    /// Reads `ssh-ed25519 AAAA... [comment]`, as an agent sends it: hostile input.
    ///
    /// @throws Rejected as `invalid-request`
    static SshHostKey parse(String line) {
        String[] parts = line.length() > MAX ? new String[0] : line.strip().split(" +", 3);
        if (parts.length < 2 || !parts[0].equals(TYPE)) {
            throw bad();
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(parts[1]);
        } catch (IllegalArgumentException e) {
            throw bad();
        }
        SshHostKey key = ofBlob(blob);
        if (!Arrays.equals(key.blob(), blob)) {
            throw bad();
        }
        return key;
    }

    private static SshHostKey ofBlob(byte[] blob) {
        byte[] raw = new byte[Ed25519.PUBLIC_KEY_SIZE];
        try {
            ByteBuffer in = ByteBuffer.wrap(blob);
            in.position(4 + TYPE.length() + 4);
            in.get(raw);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw bad();
        }
        if (!Ed25519.validatePublicKeyPartial(raw, 0)) {
            throw bad();
        }
        return new SshHostKey(raw);
    }

    private static Rejected bad() {
        return Rejected.invalid(
                "The host key is not one line of OpenSSH's form, ssh-ed25519 AAAA...");
    }

    byte[] blob() {
        return new SshWriter().string(TYPE).string(raw).bytes();
    }

    /// `ssh-ed25519 AAAA...`
    String line() {
        return TYPE + " " + Base64.getEncoder().encodeToString(blob());
    }
}
