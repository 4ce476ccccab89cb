package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenDsrSignerTest {

    private static final String DOMAIN = "dsr.example.com";

    @TempDir
    private static Path all;

    private Path directory = all;

    @BeforeAll
    static void make() throws Exception {
        for (var algorithm : List.of("RSA", "EC")) {
            Certificates.make(Files.createDirectory(all.resolve(algorithm)), DOMAIN, algorithm);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void opensslVerifiesWhatWasSigned(String algorithm) throws Exception {
        directory = all.resolve(algorithm);
        var signer = new OpenDsrSigner(DOMAIN, directory.resolve("own.pem"), directory.resolve("own.key"));
        var body = "{\"subject_request_id\":\"x\"}".getBytes(UTF_8);
        var headers = signer.headers(body);
        assertThat(headers).containsEntry("X-OpenDSR-Processor-Domain", DOMAIN);
        Files.write(directory.resolve("body"), body);
        Files.write(directory.resolve("signature"), Base64.getDecoder().decode(headers.get("X-OpenDSR-Signature")));
        Files.writeString(directory.resolve("served.pem"), signer.certificates());
        assertThat(signer.certificates()).isEqualToIgnoringWhitespace(Files.readString(directory.resolve("own.pem")));
        Files.writeString(
                directory.resolve("public.pem"),
                Certificates.run(List.of("openssl", "x509", "-in", path("served.pem"), "-noout", "-pubkey")));
        assertThat(Certificates.run(List.of(
                        "openssl",
                        "dgst",
                        "-sha256",
                        "-verify",
                        path("public.pem"),
                        "-signature",
                        path("signature"),
                        path("body"))))
                .contains("Verified OK");
        Certificates.run(List.of("openssl", "verify", "-CAfile", path("ca.pem"), path("served.pem")));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "own.pem, own.key, other.example.com, has no subject alternative name for other.example.com",
        "self.pem, own.key, dsr.example.com, must not be self-signed",
        "own.pem, ca.key, dsr.example.com, is not the certificate's",
        "own.key, own.key, dsr.example.com, holds no certificate",
        "own.pem, own.pem, dsr.example.com, holds no private key",
        "none.pem, own.key, dsr.example.com, cannot be read",
    })
    void whatCannotSignForTheDomainStopsTheStart(String certificate, String key, String domain, String why) {
        directory = all.resolve("EC");
        assertThatThrownBy(() -> new OpenDsrSigner(domain, directory.resolve(certificate), directory.resolve(key)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("expunge.opendsr.")
                .hasMessageEndingWith(why);
    }

    @Test
    void aCertificateIsRequiredBesideTheDomain() {
        assertThatThrownBy(() -> new OpenDsrSigner(DOMAIN, null, null))
                .hasMessage("expunge.opendsr.certificate is required beside the domain");
    }
}
