package io.expunge.evidence;

import io.expunge.audit.SmallLog;
import io.expunge.audit.VerificationKey;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.metric.Thresholds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Issues certificates without a service, on a log of its own, and verifies them by its keys. */
final class SmallIssuer {

    static final Instant FIXED = Instant.parse("2026-03-01T10:00:00Z");
    static final Instant MEASURED = Instant.parse("2026-03-01T11:00:00Z");
    static final Instant ISSUED = Instant.parse("2026-03-01T12:00:00Z");
    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private static final UUID ID = UUID.fromString("0198c0de-0000-7000-8000-000000000001");
    private static final String PARAMETERS = "{\"name\":\"exact-retraining\",\"seed\":5}";

    private final SmallLog log;

    SmallIssuer(Path directory) {
        this.log = new SmallLog(directory);
    }

    SmallLog log() {
        return log;
    }

    List<CertificateVerifier.Check> verify(CertificateFile file, @Nullable Path files) {
        return CertificateVerifier.verify(file.text(), log.keys().all(), files, NOW);
    }

    /** What does not hold. */
    List<String> wrong(CertificateFile file, @Nullable Path files) {
        return verify(file, files).stream()
                .filter(check -> !check.passed())
                .map(CertificateVerifier.Check::sentence)
                .toList();
    }

    CertificateFile certificate(Statement statement) {
        return certificate(statement.bytes(), Envelope.sign(statement.testResult(), log.keys()));
    }

    CertificateFile certificate(Attestation attestation) {
        return certificate(attestation.bytes(), null);
    }

    /** With five entries before its own in the log, if it is the first, and three behind it. */
    private CertificateFile certificate(byte[] payload, @Nullable Envelope testResult) {
        for (int i = 0; i < 5; i++) {
            log.append(ISSUED, "run.started", UUID.randomUUID(), "{}");
        }
        int index = log.size();
        var entry = log.append(
                ISSUED, "certificate.issued", ID, "{\"statement\":\"" + CertificateVerifier.sha256(payload) + "\"}");
        for (int i = 0; i < 3; i++) {
            log.append(ISSUED, "run.ended", UUID.randomUUID(), "{}");
        }
        return new CertificateFile(
                CertificateFile.MEDIA_TYPE,
                Envelope.sign(payload, log.keys()),
                testResult,
                Base64.getEncoder().encodeToString(entry),
                log.prove(index).text(),
                log.keys().all().stream().map(VerificationKey::toString).toList());
    }

    /** The genuine statement on a version, which others differ from. */
    Statement statement(String digest) {
        return statement("exact", digest, FIXED, "PASSED", 0.01);
    }

    Statement statement(String guarantee, String digest, Instant fixed, String verdict, double difference) {
        var finding = new Finding(
                "forget.accuracy",
                1.0,
                0.5 + difference,
                0.5,
                0.49,
                0.51,
                difference,
                difference - 0.01,
                difference + 0.01);
        var sick = new Finding("forget.accuracy", 1.0, 1.0, 0.5, 0.49, 0.51, 0.5, 0.49, 0.51);
        var findings = new Findings(List.of(finding), List.of(sick), Map.of(), 3, 3, 100, 50, 1, null, null);
        return new Statement(
                Statement.TYPE,
                List.of(subject("model@2", digest)),
                Statement.PREDICATE,
                new Statement.Predicate(
                        ID.toString(),
                        ISSUED,
                        new Statement.Issuer(log.keys().origin(), "1"),
                        List.of(new Statement.Request(UUID.randomUUID().toString(), "gdpr", FIXED, NOW)),
                        subject("model@1", "00"),
                        new Statement.ForgetSet(3, Map.of("hmac-sha256", "00")),
                        new Statement.Procedure(
                                "exact-retraining",
                                guarantee,
                                PARAMETERS,
                                Map.of(
                                        "sha256",
                                        CertificateVerifier.sha256(PARAMETERS.getBytes(StandardCharsets.UTF_8)))),
                        new Statement.Verification(
                                fixed,
                                MEASURED,
                                Thresholds.calibrated().limits(),
                                findings,
                                verdict,
                                List.of("a reason"),
                                verdict.equals("PASSED") ? null : "key 7: approved"),
                        new Statement.Provenance(UUID.randomUUID().toString(), "default", 1, 2),
                        new Statement.Log(log.keys().origin()),
                        Guarantee.limitations("exact")));
    }

    Attestation attestation(Attestation.Kind kind, Statement.Subject... subjects) {
        return attestation(kind, kind.limitations(), subjects);
    }

    Attestation attestation(Attestation.Kind kind, List<String> limitations, Statement.Subject... subjects) {
        return new Attestation(
                Statement.TYPE,
                List.of(subjects),
                kind.type(),
                new Attestation.Predicate(
                        ID.toString(),
                        ISSUED,
                        new Statement.Issuer(log.keys().origin(), "1"),
                        List.of(new Statement.Request(UUID.randomUUID().toString(), "gdpr", ISSUED, NOW)),
                        Map.of("versions", "3"),
                        new Statement.Log(log.keys().origin()),
                        limitations));
    }

    static Statement.Subject subject(String name, String digest) {
        return new Statement.Subject(name, Map.of("sha256", digest));
    }
}
