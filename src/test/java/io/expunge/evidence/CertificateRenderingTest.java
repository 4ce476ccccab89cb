package io.expunge.evidence;

import static io.expunge.evidence.SmallIssuer.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.Attestation.Kind;
import io.expunge.shared.Dates;
import java.nio.file.Path;
import java.time.ZoneId;
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
        var page = html(issuer.certificate(issuer.statement("00")));
        assertThat(page).contains("<h1>Certificate of unlearning</h1>", "<title>Certificate of unlearning ");
    }

    @Test
    void aModelIsHeldOnlyAgainstWhatIsOnVersions() {
        assertThat(html(issuer.certificate(issuer.statement("00")))).contains("--model");
        assertThat(page(Kind.RETRAINING)).contains("--model");
        assertThat(page(Kind.NOT_KNOWN)).contains("--key").doesNotContain("--model");
    }

    @Test
    void whatHasNoSubjectHasNoEmptyTableOfThem() {
        assertThat(page(Kind.DESTRUCTION, subject("model@1", "00"))).contains("What it is about");
        assertThat(page(Kind.DESTRUCTION)).doesNotContain("What it is about");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exact     | PASSED       | 0.01 | The measurements agree",
                "exact     | INCONCLUSIVE | 0.08 | What is inconclusive is only whether the measurements can show it",
                "exact     | FAILED       | 0.5  | All the same a measurement lies outside its limit",
                "empirical | PASSED       | 0.01 | That is evidence and no proof.",
                "empirical | INCONCLUSIVE | 0.08 | it is open whether they were forgotten",
                "empirical | FAILED       | 0.5  | the version does not behave like models that were retrained",
                "empirical | NONE         | 0.01 | nothing shows whether the records were forgotten",
            })
    void whatGuaranteeAndVerdictComeToIsSaidInAPlainSentence(
            String guarantee, String verdict, double difference, String sentence) {
        var page = html(issuer.certificate(issuer.statement(guarantee, "00", SmallIssuer.FIXED, verdict, difference)));
        assertThat(page).contains(sentence);
        if (guarantee.equals("exact")) {
            assertThat(page).contains("come from a training that never read the records", "<th>Replaces</th>");
        } else {
            assertThat(page).contains("edited and not trained anew", "<th>Edited from</th>");
        }
    }

    @Test
    void aMeasurementIsSaidWithItsDifferenceAndWhatIsAllowed() {
        assertThat(html(issuer.certificate(issuer.statement("00"))))
                .contains(">0.010<", ">0.000 to 0.020<", ">allowed ± 0.080<", ">GDPR<");
    }

    @Test
    void timesAreThoseOfTheControllersZone() {
        var file = issuer.certificate(issuer.statement("00"));
        assertThat(rendering.html(file, ZoneId.of("Europe/Berlin")))
                .contains("issued 1 Mar 2026, 13:00 CET", "Last day (Europe/Berlin)", ">Mon 1 Jun 2026<")
                .doesNotContainPattern("\\d{4}-\\d{2}-\\d{2}T");
    }

    /** A page is kept as one file, where no other is beside it. */
    @ParameterizedTest
    @MethodSource("pages")
    void aPageHasItsStyleInItAndFetchesNothing(Function<SmallIssuer, CertificateFile> made) {
        var page = html(made.apply(issuer));
        assertThat(page)
                .contains("<style>")
                .containsOnlyOnce("What it does not say")
                .containsOnlyOnce("How to verify it")
                .doesNotContain("th:text", "th:fragment", "xmlns", "<link", "<script", "src=", "url(", "@import");
    }

    private String page(Kind kind, Statement.Subject... subjects) {
        return html(issuer.certificate(issuer.attestation(kind, subjects)));
    }

    private String html(CertificateFile file) {
        return rendering.html(file, Dates.UTC);
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
