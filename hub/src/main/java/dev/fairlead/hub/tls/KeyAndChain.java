package dev.fairlead.hub.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/// A private key with its certificate and those above it, leaf first; the two fit.
public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {

    /// @throws IllegalArgumentException where the key is not that of the leaf
    public KeyAndChain {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("there is no certificate");
        }
        if (!fits(key, chain.getFirst())) {
            throw new IllegalArgumentException(
                    "the private key is not the one of the first certificate");
        }
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /// SHA-256 over the leaf's DER: what both ends of a link compare.
    public byte[] leafHash() {
        return hash(leaf());
    }

    static byte[] hash(X509Certificate certificate) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean fits(PrivateKey key, X509Certificate leaf) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default ->
                            throw new IllegalArgumentException(
                                    "a key of the kind "
                                            + key.getAlgorithm()
                                            + " is not served; use ECDSA P-256 or RSA");
                };
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update((byte) 1);
            byte[] signature = signer.sign();
            signer.initVerify(leaf.getPublicKey());
            signer.update((byte) 1);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    String pem() {
        try {
            var pem = new StringBuilder();
            for (var certificate : chain) {
                pem.append(Pem.write("CERTIFICATE", certificate.getEncoded()));
            }
            return pem.toString();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
