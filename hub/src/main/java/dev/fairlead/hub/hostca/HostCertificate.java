package dev.fairlead.hub.hostca;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// A certificate of a host key, as OpenSSH's PROTOCOL.certkeys has it.
///
/// @param principal the one host name that it is good for
/// @param keyId what the server's log shows
record HostCertificate(
        SshHostKey key, long serial, String keyId, String principal, Instant from, Instant until) {

    static final String TYPE = "ssh-ed25519-cert-v01@openssh.com";

    private static final int HOST = 2;
    private static final int NONCE = 32;

    /// Signs it.
    ///
    /// @param seed the CA's private key, 32 bytes
    /// @return `ssh-ed25519-cert-v01@openssh.com AAAA... PRINCIPAL`
    String sign(byte[] seed, SshHostKey ca, SecureRandom random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        SshWriter out =
                new SshWriter()
                        .string(TYPE)
                        .string(nonce)
                        .string(key.raw())
                        .uint64(serial)
                        .uint32(HOST)
                        .string(keyId)
                        .string(new SshWriter().string(principal).bytes())
                        .uint64(from.getEpochSecond())
                        .uint64(until.getEpochSecond())
                        // Critical options, extensions, reserved: host certificates have none.
                        .string("")
                        .string("")
                        .string("")
                        .string(ca.blob());
        byte[] signed = out.bytes();
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, signed, 0, signed.length, signature, 0);
        out.string(new SshWriter().string(SshHostKey.TYPE).string(signature).bytes());
        return TYPE + " " + Base64.getEncoder().encodeToString(out.bytes()) + " " + principal;
    }
}
