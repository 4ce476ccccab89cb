package io.expunge.evidence;

import static io.expunge.evidence.SmallIssuer.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.Attestation.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateRenderingTest {

    private final CertificateRendering rendering = new CertificateRendering();

    @TempDir
    private Path directory;

    private SmallIssuer issuer;

    @BeforeEach
    void anIssuer() {
        issuer = new SmallIssuer(directory);
    }

    @Test
    void aCertificateOfUnlearningIsHeadedSo() {
        var page = rendering.html(issuer.certificate(issuer.statement("00")));
        assertThat(page).contains("<h1>Certificate of unlearning</h1>");
    }

    @ParameterizedTest
    @CsvSource({
        "DESTRUCTION, Certificate of destruction",
        "RETRAINING, Certificate of retraining",
        "NOT_KNOWN, Certificate that nobody was known",
    })
    void oneOfAnotherActIsHeadedByWhatItStates(Kind kind, String title) {
        var page = rendering.html(issuer.certificate(issuer.attestation(kind, subject("model@1", "00"))));
        assertThat(page)
                .contains(
                        "<h1>" + title + "</h1>",
                        "<title>" + title + " ",
                        kind.sentence(List.of(subject("model@1", "00"))));
    }
}
