package io.expunge.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateVerifierTest {

    @TempDir
    private Path directory;

    private SmallIssuer issuer;
    private Path model;
    private Statement genuine;

    @BeforeEach
    void aVersionAndItsStatement() throws IOException {
        issuer = new SmallIssuer(directory.resolve("keys"));
        model = Files.createDirectories(directory.resolve("model/sub")).getParent();
        Files.writeString(model.resolve("config.json"), "{}");
        Files.write(model.resolve("model.safetensors"), new byte[] {1, 2, 3});
        Files.writeString(model.resolve("sub/a.txt"), "a");
        genuine = issuer.statement(CertificateVerifier.digest(model));
    }

    @Test
    void aGenuineOneHoldsAgainstTheKeyAndTheFiles() {
        var checks = issuer.verify(issuer.certificate(genuine), model);
        assertThat(checks).allMatch(CertificateVerifier.Check::passed).hasSizeGreaterThan(12);
        assertThat(checks)
                .extracting(CertificateVerifier.Check::sentence)
                .contains(
                        "The files in model are those of the version.",
                        "The measurements and limits give the verdict that it states: PASSED.",
                        "The guarantee is exact, as exact-retraining gives it.");
    }

    @Test
    void oneThatAnOlderKeySignedHoldsForEver() {
        var old = issuer.certificate(genuine);
        issuer.log().rotate();
        assertThat(issuer.verify(old, model)).allMatch(CertificateVerifier.Check::passed);
    }

    @Test
    void withoutAKeyItSaysThatNobodyVouchesForTheOneItNames() {
        var checks = CertificateVerifier.verify(issuer.certificate(genuine).text(), List.of(), null, SmallIssuer.NOW);
        assertThat(checks).allMatch(CertificateVerifier.Check::passed);
        assertThat(checks.get(1).sentence()).contains("for which only you can vouch");
    }

    @Test
    void whatWasPublishedWithoutAPassedVerdictSaysWhoStandsForIt() {
        var waived = issuer.statement("exact", CertificateVerifier.digest(model), SmallIssuer.FIXED, "FAILED", 0.5);
        assertThat(issuer.verify(issuer.certificate(waived), model))
                .allMatch(CertificateVerifier.Check::passed)
                .extracting(CertificateVerifier.Check::sentence)
                .contains("The verdict is not PASSED; a person published it all the same: key 7: approved.");
    }

    /** The digest of one file by hand: SHA-256 over the SHA-256 of each, in order of name. */
    @Test
    void theDigestOfAVersionIsThatOfModelSigning() throws IOException {
        var one = Files.createDirectories(directory.resolve("one"));
        Files.writeString(one.resolve("a"), "abc");
        // sha256(sha256("abc"))
        assertThat(CertificateVerifier.digest(one))
                .isEqualTo("4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358");
    }

    @Test
    void whatIsNoCertificateIsRefused() {
        for (var text : List.of("", "{}", "[]", "{\"mediaType\":\"text/plain\"}", "null")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CertificateVerifier.verify(text, List.of(), null, SmallIssuer.NOW));
        }
    }
}
