package dev.fairlead.hub.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;

/// DNS names and addresses as a certificate writes them: its own, and those that a CA is limited
/// to.
///
/// @param texts such as `hub.example.com`, `127.0.0.1`, `::1`
record CertificateNames(List<String> texts) {

    CertificateNames {
        texts = texts.stream().map(CertificateNames::normal).distinct().toList();
    }

    /// The first name, fit for a distinguished name.
    String first() {
        return texts.getFirst().replace(':', '.');
    }

    GeneralNames alternatives() {
        return new GeneralNames(
                texts.stream()
                        .map(name ->
                                isAddress(name)
                                        ? new GeneralName(
                                                GeneralName.iPAddress,
                                                new DEROctetString(bytes(name)))
                                        : new GeneralName(GeneralName.dNSName, name))
                        .toArray(GeneralName[]::new));
    }

    /// A kind of name of which none is permitted is excluded whole: constraints on one kind say
    /// nothing about the others. The order of the names does not matter to it.
    NameConstraints constraints() {
        var permitted = new ArrayList<GeneralSubtree>();
        var excluded = new ArrayList<GeneralSubtree>();
        for (String name : texts.stream().sorted().toList()) {
            permitted.add(isAddress(name) ? only(bytes(name)) : dns(name));
        }
        if (texts.stream().noneMatch(CertificateNames::isAddress)) {
            excluded.add(addresses(new byte[8]));
            excluded.add(addresses(new byte[32]));
        }
        if (texts.stream().allMatch(CertificateNames::isAddress)) {
            // Excluding the empty name would say it better, but Java's own parser fails on it.
            permitted.add(dns("none.invalid"));
        }
        // RFC 5280 knows no empty list of them, and browsers refuse a CA that has one.
        return new NameConstraints(
                permitted.toArray(GeneralSubtree[]::new),
                excluded.isEmpty() ? null : excluded.toArray(GeneralSubtree[]::new));
    }

    /// Whether a leaf is for exactly these names, in any order.
    boolean areThoseOf(X509Certificate leaf) {
        try {
            var found = leaf.getSubjectAlternativeNames();
            return found != null
                    && found.stream()
                            .map(entry -> normal(String.valueOf(entry.get(1))))
                            .collect(Collectors.toSet())
                            .equals(Set.copyOf(texts));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /// Whether a CA is constrained to exactly these names.
    boolean constrain(X509Certificate ca) throws IOException {
        byte[] extension = ca.getExtensionValue(Extension.nameConstraints.getId());
        return extension != null
                && Arrays.equals(
                        ASN1OctetString.getInstance(extension).getOctets(),
                        constraints().getEncoded());
    }

    private static GeneralSubtree dns(String name) {
        return new GeneralSubtree(new GeneralName(GeneralName.dNSName, name));
    }

    private static GeneralSubtree only(byte[] address) {
        byte[] range = Arrays.copyOf(address, address.length * 2);
        Arrays.fill(range, address.length, range.length, (byte) 0xff);
        return addresses(range);
    }

    /// @param range address and mask, one behind the other
    private static GeneralSubtree addresses(byte[] range) {
        return new GeneralSubtree(
                new GeneralName(GeneralName.iPAddress, new DEROctetString(range)));
    }

    private static String normal(String name) {
        return isAddress(name) ? InetAddress.ofLiteral(name).getHostAddress() : name;
    }

    private static boolean isAddress(String name) {
        try {
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] bytes(String address) {
        return InetAddress.ofLiteral(address).getAddress();
    }

    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
