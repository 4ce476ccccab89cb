package io.expunge.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.audit.SmallLog;
import io.expunge.audit.VerificationKey;
import io.expunge.evidence.Attestation.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttestationTest {

    private static final UUID ID = UUID.fromString("0198c0de-0000-7000-8000-000000000002");
    private static final Instant ISSUED = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @TempDir
    private Path directory;

    private SmallLog log;
    private Path model;

    @BeforeEach
    void aVersion() throws IOException {
        log = new SmallLog(directory.resolve("keys"));
        model = Files.createDirectories(directory.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aGenuineOneHoldsAndItsFactsAreRead(Kind kind) {
        var attestation = attestation(kind, List.of(subject("model@1", "00")), kind.limitations());
        assertThat(Attestation.parse(attestation.bytes())).isEqualTo(attestation);
        assertThat(verify(certificate(attestation), null))
                .allMatch(CertificateVerifier.Check::passed)
                .hasSizeGreaterThan(7)
                .extracting(CertificateVerifier.Check::sentence)
                .contains(kind.sentence(attestation.subject()));
    }

    @Test
    void filesAreHeldAgainstARetrainedVersion() {
        var made = attestation(
                Kind.RETRAINING,
                List.of(subject("model@2", CertificateVerifier.digest(model))),
                Kind.RETRAINING.limitations());
        assertThat(verify(certificate(made), model)).allMatch(CertificateVerifier.Check::passed);
        var other = attestation(Kind.RETRAINING, List.of(subject("model@2", "00")), Kind.RETRAINING.limitations());
        assertThat(wrong(certificate(other), model)).singleElement().asString().contains("are others than those");
    }

    @Test
    void filesThatWereToBeDestroyedAreFound() {
        var limits = Kind.DESTRUCTION.limitations();
        var gone = attestation(
                Kind.DESTRUCTION,
                List.of(subject("model@1", "00"), subject("model@2", CertificateVerifier.digest(model))),
                limits);
        assertThat(wrong(certificate(gone), model))
                .singleElement()
                .asString()
                .isEqualTo("The files in model are those of model@2, which was to be destroyed.");
        var other = attestation(Kind.DESTRUCTION, List.of(subject("model@1", "00")), limits);
        assertThat(verify(certificate(other), model)).allMatch(CertificateVerifier.Check::passed);
    }

    @Test
    void thereIsNoVersionToHoldFilesAgainstWhereNobodyWasKnown() {
        var made = attestation(Kind.NOT_KNOWN, List.of(subject("data sets", "00")), Kind.NOT_KNOWN.limitations());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verify(certificate(made), model))
                .withMessageContaining("--model");
    }

    @Test
    void forgeriesAreRefusedWithTheirReason() {
        var kind = Kind.DESTRUCTION;
        var genuine = attestation(kind, List.of(subject("model@1", "00")), kind.limitations());
        var file = certificate(genuine);
        var bolder = attestation(kind, List.of(subject("model@1", "00")), List.of("It covers everything."));
        assertThat(wrong(certificate(bolder), null)).contains("It does not say what it does not cover.");

        var changed = new String(file.statement().bytes(), StandardCharsets.UTF_8).replace("\"3\"", "\"4\"");
        var envelope = new Envelope(
                Base64.getEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8)),
                file.statement().payloadType(),
                file.statement().signatures());
        assertThat(wrong(with(file, envelope, null), null).getFirst()).contains("The statement is not signed by");

        assertThat(wrong(
                        with(file, file.statement(), Envelope.sign("{}".getBytes(StandardCharsets.UTF_8), log.keys())),
                        null))
                .contains("It has a test result, but nothing was measured.");

        var another = attestation(kind, List.of(subject("model@1", "01")), kind.limitations());
        assertThat(wrong(with(file, Envelope.sign(another.bytes(), log.keys()), null), null))
                .contains("The entry is on something else than this statement.");

        var retraining = attestation(
                Kind.RETRAINING, List.of(subject("a", "00"), subject("b", "01")), Kind.RETRAINING.limitations());
        assertThat(wrong(certificate(retraining), null)).contains("It is no statement on one thing.");

        var unlearning = new Attestation(Statement.TYPE, genuine.subject(), Statement.PREDICATE, genuine.predicate());
        assertThat(wrong(with(file, Envelope.sign(unlearning.bytes(), log.keys()), null), null)
                        .getFirst())
                .contains("it has no /predicate/forgetSet");

        var bare = new String(genuine.bytes(), StandardCharsets.UTF_8).replace("\"facts\"", "\"facets\"");
        assertThat(wrong(with(file, Envelope.sign(bare.getBytes(StandardCharsets.UTF_8), log.keys()), null), null)
                        .getFirst())
                .contains("it has no /predicate/facts");
    }

    private static CertificateFile with(CertificateFile file, Envelope statement, Envelope result) {
        return new CertificateFile(file.mediaType(), statement, result, file.entry(), file.proof(), file.keys());
    }

    private List<String> wrong(CertificateFile file, Path files) {
        return verify(file, files).stream()
                .filter(check -> !check.passed())
                .map(CertificateVerifier.Check::sentence)
                .toList();
    }

    private List<CertificateVerifier.Check> verify(CertificateFile file, Path files) {
        return CertificateVerifier.verify(file.text(), log.keys().all(), files, NOW);
    }

    private static Statement.Subject subject(String name, String digest) {
        return new Statement.Subject(name, Map.of("sha256", digest));
    }

    private Attestation attestation(Kind kind, List<Statement.Subject> subject, List<String> limitations) {
        return new Attestation(
                Statement.TYPE,
                subject,
                kind.type(),
                new Attestation.Predicate(
                        ID.toString(),
                        ISSUED,
                        new Statement.Issuer(log.keys().origin(), "1"),
                        List.of(new Statement.Request("a request", "gdpr", ISSUED, NOW)),
                        Map.of("versions", "3"),
                        new Statement.Log(log.keys().origin()),
                        limitations));
    }

    private CertificateFile certificate(Attestation attestation) {
        var payload = attestation.bytes();
        int index = log.size();
        var entry = log.append(
                ISSUED, "certificate.issued", ID, "{\"statement\":\"" + CertificateVerifier.sha256(payload) + "\"}");
        log.append(ISSUED, "run.ended", UUID.randomUUID(), "{}");
        return new CertificateFile(
                CertificateFile.MEDIA_TYPE,
                Envelope.sign(payload, log.keys()),
                null,
                Base64.getEncoder().encodeToString(entry),
                log.prove(index).text(),
                log.keys().all().stream().map(VerificationKey::toString).toList());
    }
}
