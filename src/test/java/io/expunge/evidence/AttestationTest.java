package io.expunge.evidence;

import static io.expunge.evidence.SmallIssuer.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.evidence.Attestation.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttestationTest {

    @TempDir
    private Path directory;

    private SmallIssuer issuer;
    private Path model;

    @BeforeEach
    void aVersion() throws IOException {
        issuer = new SmallIssuer(directory.resolve("keys"));
        model = Files.createDirectories(directory.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aGenuineOneHoldsAndItsFactsAreRead(Kind kind) {
        var attestation = issuer.attestation(kind, subject("model@1", "00"));
        assertThat(Attestation.parse(attestation.bytes())).isEqualTo(attestation);
        assertThat(issuer.verify(issuer.certificate(attestation), null))
                .allMatch(CertificateVerifier.Check::passed)
                .hasSizeGreaterThan(7)
                .extracting(CertificateVerifier.Check::sentence)
                .contains(kind.sentence(attestation.subject()));
    }

    @Test
    void filesAreHeldAgainstARetrainedVersion() {
        var made = issuer.attestation(Kind.RETRAINING, subject("model@2", CertificateVerifier.digest(model)));
        assertThat(issuer.verify(issuer.certificate(made), model)).allMatch(CertificateVerifier.Check::passed);
        var other = issuer.attestation(Kind.RETRAINING, subject("model@2", "00"));
        assertThat(issuer.wrong(issuer.certificate(other), model))
                .singleElement()
                .asString()
                .contains("are others than those");
    }

    @Test
    void filesThatWereToBeDestroyedAreFound() {
        var gone = issuer.attestation(
                Kind.DESTRUCTION, subject("model@1", "00"), subject("model@2", CertificateVerifier.digest(model)));
        assertThat(issuer.wrong(issuer.certificate(gone), model))
                .singleElement()
                .asString()
                .isEqualTo("The files in model are those of model@2, which was to be destroyed.");
        var other = issuer.attestation(Kind.DESTRUCTION, subject("model@1", "00"));
        assertThat(issuer.verify(issuer.certificate(other), model)).allMatch(CertificateVerifier.Check::passed);
    }

    @Test
    void thereIsNoVersionToHoldFilesAgainstWhereNobodyWasKnown() {
        var made = issuer.attestation(Kind.NOT_KNOWN, subject("data sets", "00"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> issuer.verify(issuer.certificate(made), model))
                .withMessageContaining("--model");
    }

    @Test
    void forgeriesAreRefusedWithTheirReason() {
        var kind = Kind.DESTRUCTION;
        var genuine = issuer.attestation(kind, subject("model@1", "00"));
        var file = issuer.certificate(genuine);
        var bolder = issuer.attestation(kind, List.of("It covers everything."), subject("model@1", "00"));
        assertThat(issuer.wrong(issuer.certificate(bolder), null))
                .containsExactly("It does not say what it does not cover.");

        var changed = new String(file.statement().bytes(), StandardCharsets.UTF_8).replace("\"3\"", "\"4\"");
        var envelope = new Envelope(
                Base64.getEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8)),
                file.statement().payloadType(),
                file.statement().signatures());
        assertThat(issuer.wrong(with(file, envelope, null), null).getFirst())
                .contains("The statement is not signed by");

        assertThat(issuer.wrong(
                        with(
                                file,
                                file.statement(),
                                Envelope.sign(
                                        "{}".getBytes(StandardCharsets.UTF_8),
                                        issuer.log().keys())),
                        null))
                .contains("It has a test result, but nothing was measured.");

        var another = issuer.attestation(kind, subject("model@1", "01"));
        assertThat(issuer.wrong(
                        with(file, Envelope.sign(another.bytes(), issuer.log().keys()), null), null))
                .contains("The entry is on something else than this statement.");

        var retraining = issuer.attestation(Kind.RETRAINING, subject("a", "00"), subject("b", "01"));
        assertThat(issuer.wrong(issuer.certificate(retraining), null))
                .containsExactly("It is no statement on one thing.");

        var unlearning = new Attestation(Statement.TYPE, genuine.subject(), Statement.PREDICATE, genuine.predicate());
        assertThat(issuer.wrong(
                                with(
                                        file,
                                        Envelope.sign(
                                                unlearning.bytes(), issuer.log().keys()),
                                        null),
                                null)
                        .getFirst())
                .contains("it has no /predicate/forgetSet");

        var bare = new String(genuine.bytes(), StandardCharsets.UTF_8).replace("\"facts\"", "\"facets\"");
        assertThat(issuer.wrong(
                                with(
                                        file,
                                        Envelope.sign(
                                                bare.getBytes(StandardCharsets.UTF_8),
                                                issuer.log().keys()),
                                        null),
                                null)
                        .getFirst())
                .contains("it has no /predicate/facts");
    }

    private static CertificateFile with(CertificateFile file, Envelope statement, Envelope result) {
        return new CertificateFile(file.mediaType(), statement, result, file.entry(), file.proof(), file.keys());
    }
}
