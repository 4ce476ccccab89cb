package io.expunge.intake;

import io.expunge.notify.CallbackSigner;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * Proves that an answer or a callback is the processor's: base64 of the signature over the raw body with SHA-256 (FIPS
 * 186-4) by the key of a certificate for the processor's domain. The header names of OpenGDPR stand beside those of
 * OpenDSR, since either side has to honour both.
 */
final class OpenDsrSigner implements CallbackSigner {

    private static final int ALTERNATIVE_DNS_NAME = 2;

    private final String domain;
    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final String algorithm;

    /** @throws IllegalStateException in one sentence, if the two files cannot sign for the domain */
    OpenDsrSigner(String domain, @Nullable Path certificate, @Nullable Path privateKey) {
        this.domain = domain;
        chain = found("certificate", "certificate", content("certificate", certificate)::getCertificates);
        key = found("private-key", "private key", content("private-key", privateKey)::getPrivateKey);
        algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> throw unusable("private-key", "must be an RSA or EC key");
        };
        check(chain.getFirst());
    }

    private void check(X509Certificate own) {
        if (own.getSubjectX500Principal().equals(own.getIssuerX500Principal()) && signed(own, own.getPublicKey())) {
            throw unusable("certificate", "must not be self-signed");
        }
        if (names(own).stream().noneMatch(this::covers)) {
            throw unusable("certificate", "has no subject alternative name for " + domain);
        }
        var probe = new byte[] {1};
        if (!verifies(own.getPublicKey(), probe, Base64.getDecoder().decode(sign(probe)))) {
            throw unusable("private-key", "is not the certificate's");
        }
    }

    private static boolean signed(X509Certificate certificate, PublicKey by) {
        try {
            certificate.verify(by);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            var all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> name.getFirst().equals(ALTERNATIVE_DNS_NAME))
                            .map(name -> name.getLast().toString().toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** A wildcard stands for one label. */
    private boolean covers(String name) {
        return name.equals(domain)
                || (name.startsWith("*.")
                        && domain.substring(domain.indexOf('.') + 1).equals(name.substring(2)));
    }

    private boolean verifies(PublicKey by, byte[] body, byte[] signature) {
        try {
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(by);
            verifier.update(body);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static PemContent content(String setting, @Nullable Path file) {
        if (file == null) {
            throw unusable(setting, "is required beside the domain");
        }
        try {
            return PemContent.load(file);
        } catch (IOException e) {
            throw unusable(setting, "cannot be read");
        }
    }

    private static <T> T found(String setting, String what, Supplier<@Nullable T> content) {
        try {
            var found = content.get();
            if (found != null) {
                return found;
            }
        } catch (IllegalStateException e) {
            // said below; what the file holds instead is not repeated
        }
        throw unusable(setting, "holds no " + what);
    }

    private static IllegalStateException unusable(String setting, String why) {
        return new IllegalStateException("expunge.opendsr." + setting + " " + why);
    }

    @Override
    public String protocol() {
        return OpenDsr.PROTOCOL;
    }

    @Override
    public Optional<Map<String, String>> headers(UUID subject, String url, byte[] body) {
        return Optional.of(headers(body));
    }

    /** What stands over an answer or a callback. */
    Map<String, String> headers(byte[] body) {
        var signature = sign(body);
        return Map.of(
                "X-OpenDSR-Processor-Domain", domain,
                "X-OpenDSR-Signature", signature,
                "X-OpenGDPR-Processor-Domain", domain,
                "X-OpenGDPR-Signature", signature);
    }

    private String sign(byte[] body) {
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(body);
            return Base64.getEncoder().encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with expunge.opendsr.private-key", e);
        }
    }

    String domain() {
        return domain;
    }

    /** The chain as PEM, the domain's own certificate first. */
    String certificates() {
        return chain.stream().map(OpenDsrSigner::pem).collect(Collectors.joining());
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate cannot be written", e);
        }
    }
}
