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
                .filteredOn(check -> check.state() == CertificateVerifier.State.NOTE)
                .extracting(CertificateVerifier.Check::sentence)
                .containsExactly("The verdict is not PASSED; a person published it all the same: key 7: approved.");
    }

    @Test
    void whatStandsInAGenuineOneIsNamed() {
        var waived = issuer.statement("exact", "00", SmallIssuer.FIXED, "FAILED", 0.5);
        var report = own(issuer.certificate(waived).text());
        assertThat(report.holds()).isTrue();
        assertThat(report.checks())
                .extracting(CertificateVerifier.Check::sentence)
                .contains(
                        "The statement is signed by a key of this service.",
                        "The audit log's checkpoint at 9 entries is signed by a key of this service.",
                        "It was issued on 1 Mar 2026, 12:00 UTC.");
        var stated = report.stated();
        assertThat(stated.id()).hasToString(waived.predicate().certificateId());
        assertThat(stated.run()).hasToString(waived.predicate().provenance().runId());
        assertThat(stated.requests())
                .singleElement()
                .hasToString(waived.predicate().requests().getFirst().id());
        assertThat(stated.number()).isEqualTo("2");
        assertThat(stated.publisher()).isEqualTo("key 7");
    }

    @Test
    void ofWhatNobodySignedNothingIsNamedAndTheRestIsSaidNotToBeLookedAt() {
        var forged =
                issuer.certificate(genuine).text().replaceFirst("\"payload\": \"[^\"]{8}", "\"payload\": \"AAAAAAAA");
        var report = own(forged);
        assertThat(report.holds()).isFalse();
        assertThat(report.stated()).isNull();
        assertThat(report.checks().getLast().state()).isEqualTo(CertificateVerifier.State.NOTE);
        assertThat(report.checks().getLast().sentence()).startsWith("The rest was not looked at");
    }

    private CertificateVerifier.Report own(String text) {
        return CertificateVerifier.verifyOwn(text, issuer.log().keys().all(), SmallIssuer.NOW);
    }

    @Test
    void aRenderingIsNoCertificateAndIsCalledWhatItIs() {
        for (var text : List.of("%PDF-1.7\n…", " <!DOCTYPE html><html>", "<html lang=\"en\">")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> own(text))
                    .withMessageContaining("the certificate is the JSON file");
            assertThat(CertificateVerifier.isRendering(text)).isTrue();
        }
        assertThat(CertificateVerifier.isRendering(issuer.certificate(genuine).text()))
                .isFalse();
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
