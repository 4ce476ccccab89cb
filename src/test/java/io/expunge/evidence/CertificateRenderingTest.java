package io.expunge.evidence;

import static io.expunge.evidence.SmallIssuer.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.Attestation.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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
        assertThat(page).contains("<h1>Certificate of unlearning</h1>", "<title>Certificate of unlearning ");
    }

    @Test
    void aModelIsHeldOnlyAgainstWhatIsOnVersions() {
        assertThat(rendering.html(issuer.certificate(issuer.statement("00")))).contains("--model");
        assertThat(page(Kind.RETRAINING)).contains("--model");
        assertThat(page(Kind.NOT_KNOWN)).contains("--key").doesNotContain("--model");
    }

    @Test
    void whatHasNoSubjectHasNoEmptyTableOfThem() {
        assertThat(page(Kind.DESTRUCTION, subject("model@1", "00"))).contains("What it is about");
        assertThat(page(Kind.DESTRUCTION)).doesNotContain("What it is about");
    }

    /** A page is kept as one file, where no other is beside it. */
    @ParameterizedTest
    @MethodSource("pages")
    void aPageHasItsStyleInItAndFetchesNothing(Function<SmallIssuer, CertificateFile> made) {
        var page = rendering.html(made.apply(issuer));
        assertThat(page)
                .contains("<style>")
                .containsOnlyOnce("What it does not say")
                .containsOnlyOnce("How to verify it")
                .doesNotContain("th:text", "th:fragment", "xmlns", "<link", "<script", "src=", "url(", "@import");
    }

    private String page(Kind kind, Statement.Subject... subjects) {
        return rendering.html(issuer.certificate(issuer.attestation(kind, subjects)));
    }

    static Stream<Function<SmallIssuer, CertificateFile>> pages() {
        return Stream.concat(
                Stream.of(issuer -> issuer.certificate(issuer.statement("00"))),
                Stream.of(Kind.values())
                        .map(kind -> issuer -> issuer.certificate(issuer.attestation(kind, subject("model@1", "00")))));
    }

    @ParameterizedTest
    @CsvSource({
        "DESTRUCTION, Certificate of destruction",
        "RETRAINING, Certificate of retraining",
        "NOT_KNOWN, Certificate that nobody was known",
    })
    void oneOfAnotherActIsHeadedByWhatItStates(Kind kind, String title) {
        var page = page(kind, subject("model@1", "00"));
        assertThat(page)
                .contains(
                        "<h1>" + title + "</h1>",
                        "<title>" + title + " ",
                        kind.sentence(List.of(subject("model@1", "00"))));
    }
}
