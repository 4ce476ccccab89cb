package io.expunge.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.expunge.audit.InclusionProof;
import io.expunge.audit.SmallLog;
import io.expunge.audit.VerificationKey;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import io.expunge.metric.Thresholds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CertificateVerifierTest {

    private static final UUID ID = UUID.fromString("0198c0de-0000-7000-8000-000000000001");
    private static final Instant FIXED = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant MEASURED = Instant.parse("2026-03-01T11:00:00Z");
    private static final Instant ISSUED = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final String PARAMETERS = "{\"name\":\"exact-retraining\",\"seed\":5}";

    @TempDir
    private Path directory;

    private SmallLog log;
    private Path model;
    private Statement genuine;

    @BeforeEach
    void aVersionAndItsStatement() throws IOException {
        log = new SmallLog(directory.resolve("keys"));
        model = Files.createDirectories(directory.resolve("model/sub")).getParent();
        Files.writeString(model.resolve("config.json"), "{}");
        Files.write(model.resolve("model.safetensors"), new byte[] {1, 2, 3});
        Files.writeString(model.resolve("sub/a.txt"), "a");
        genuine = statement("exact", CertificateVerifier.digest(model), FIXED, "PASSED", 0.01);
    }

    @Test
    void aGenuineOneHoldsAgainstTheKeyAndTheFiles() {
        var checks = verify(certificate(genuine), model);
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
        var old = certificate(genuine);
        log.rotate();
        assertThat(verify(old, model)).allMatch(CertificateVerifier.Check::passed);
    }

    @Test
    void withoutAKeyItSaysThatNobodyVouchesForTheOneItNames() {
        var checks = CertificateVerifier.verify(certificate(genuine).text(), List.of(), null, NOW);
        assertThat(checks).allMatch(CertificateVerifier.Check::passed);
        assertThat(checks.get(1).sentence()).contains("for which only you can vouch");
    }

    @Test
    void whatWasPublishedWithoutAPassedVerdictSaysWhoStandsForIt() {
        var waived = statement("exact", CertificateVerifier.digest(model), FIXED, "FAILED", 0.5);
        assertThat(verify(certificate(waived), model))
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

    /**
     * A kind of forgery.
     *
     * @param forge what the forger makes of the genuine file
     * @param sentence that must be said of it
     */
    record Forgery(String what, Forger forge, String sentence) {

        @Override
        public String toString() {
            return what;
        }
    }

    interface Forger {
        CertificateFile forge(CertificateVerifierTest test, CertificateFile genuine);
    }

    static Stream<Forgery> forgeries() {
        return Stream.of(
                new Forgery(
                        "another number of records",
                        (test, file) -> payload(file, text -> text.replace("\"recordCount\":3", "\"recordCount\":9")),
                        "The statement is not signed by"),
                new Forgery(
                        "another subject's digest",
                        (test, file) ->
                                payload(file, text -> text.replaceFirst("\"sha256\":\"[0-9a-f]", "\"sha256\":\"_")),
                        "The statement is not signed by"),
                new Forgery(
                        "another verdict",
                        (test, file) -> payload(file, text -> text.replace("\"PASSED\"", "\"FAILED\"")),
                        "The statement is not signed by"),
                new Forgery(
                        "another limit",
                        (test, file) -> payload(
                                file, text -> text.replace("\"forget.accuracy\":0.08", "\"forget.accuracy\":0.9")),
                        "The statement is not signed by"),
                new Forgery(
                        "another type of payload",
                        (test, file) -> with(file, typed(file.statement(), "application/json")),
                        "A payload's type is not application/vnd.in-toto+json."),
                new Forgery(
                        "a signature with one bit changed",
                        (test, file) -> with(file, signed(file.statement(), flipped(signature(file.statement())))),
                        "The statement is not signed by"),
                new Forgery(
                        "no signature",
                        (test, file) -> with(
                                file,
                                new Envelope(
                                        file.statement().payload(),
                                        file.statement().payloadType(),
                                        List.of())),
                        "The statement is not signed by"),
                new Forgery(
                        "the signature of another payload",
                        (test, file) -> with(file, signed(file.statement(), signature(file.testResult()))),
                        "The statement is not signed by"),
                new Forgery(
                        "all of it signed anew by somebody else's key",
                        (test, file) -> test.forger().certificate(test.genuine),
                        "The statement is not signed by"),
                new Forgery(
                        "an entry of another statement",
                        (test, file) -> test.resigned(
                                test.statement("exact", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.02),
                                file),
                        "The entry is on something else than this statement."),
                new Forgery(
                        "an entry that was changed",
                        (test, file) -> entry(file, flipped(file.entry(), -5)),
                        "The proof does not lead from the entry to the checkpoint"),
                new Forgery(
                        "another index in the proof",
                        (test, file) -> proof(file, text -> text.replace("index 5", "index 4")),
                        "The proof does not lead from the entry to the checkpoint"),
                new Forgery(
                        "a hash of the proof changed",
                        (test, file) -> proof(file, text -> changed(text, 2)),
                        "The proof does not lead from the entry to the checkpoint"),
                new Forgery(
                        "a hash of the proof left out",
                        (test, file) -> proof(file, text -> without(text, 2)),
                        "The proof does not lead from the entry to the checkpoint"),
                new Forgery(
                        "another size in the checkpoint",
                        (test, file) -> proof(file, text -> text.replace("\n9\n", "\n8\n")),
                        "The audit log's checkpoint is not signed"),
                new Forgery(
                        "another root in the checkpoint",
                        (test, file) -> proof(
                                file,
                                text -> changed(text, text.lines().toList().indexOf("9") + 1)),
                        "The audit log's checkpoint is not signed"),
                new Forgery(
                        "another log's checkpoint",
                        (test, file) -> proof(
                                file,
                                text -> test.forger().certificate(test.genuine).proof()),
                        "The checkpoint is of another log"),
                new Forgery(
                        "a statement of another kind",
                        (test, file) -> test.certificate(new Statement(
                                Statement.TYPE,
                                test.genuine.subject(),
                                "https://example.org/other",
                                test.genuine.predicate())),
                        "It is no statement on the unlearning of one model version."),
                new Forgery(
                        "limits fixed after the measurement",
                        (test, file) -> test.certificate(test.statement(
                                "exact",
                                CertificateVerifier.digest(test.model),
                                MEASURED.plusSeconds(1),
                                "PASSED",
                                0.01)),
                        "The limits were fixed after the measurement."),
                new Forgery(
                        "a verdict that the measurements do not give",
                        (test, file) -> test.certificate(
                                test.statement("exact", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.5)),
                        "The measurements and limits give FAILED but it states PASSED."),
                new Forgery(
                        "a guarantee that the method does not give",
                        (test, file) -> test.certificate(test.statement(
                                "certified", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.01)),
                        "exact-retraining gives no guarantee of the kind certified."),
                new Forgery(
                        "a test result that says something else",
                        (test, file) -> new CertificateFile(
                                file.mediaType(),
                                file.statement(),
                                Envelope.sign("{}".getBytes(StandardCharsets.UTF_8), test.log.keys()),
                                file.entry(),
                                file.proof(),
                                file.keys()),
                        "The test result says something else than the statement."),
                new Forgery(
                        "other weights",
                        (test, file) -> test.changing(file, "model.safetensors", new byte[] {1, 2, 4}),
                        "The files in model are others than those of the version"),
                new Forgery(
                        "one more file",
                        (test, file) -> test.changing(file, "more.txt", new byte[0]),
                        "The files in model are others than those of the version"),
                new Forgery(
                        "one file less",
                        (test, file) -> test.changing(file, "config.json", null),
                        "The files in model are others than those of the version"));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void everyForgeryIsRefusedWithItsReason(Forgery forgery) {
        var forged = forgery.forge().forge(this, certificate(genuine));
        var wrong =
                verify(forged, model).stream().filter(check -> !check.passed()).toList();
        assertThat(wrong)
                .extracting(CertificateVerifier.Check::sentence)
                .anySatisfy(sentence -> assertThat(sentence).startsWith(forgery.sentence()));
    }

    @Test
    void anyByteOfTheFileThatIsChangedIsFoundOrChangesNothing() {
        var text = certificate(genuine).text();
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var genuineFile = CertificateFile.parse(text);
        for (int i = 0; i < bytes.length; i += 37) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            boolean holds;
            try {
                var again = new String(changed, StandardCharsets.UTF_8);
                holds = verify(CertificateFile.parse(again), model).stream().allMatch(CertificateVerifier.Check::passed)
                        && !sameBut(CertificateFile.parse(again), genuineFile);
            } catch (IllegalArgumentException e) {
                holds = false;
            }
            assertThat(holds).as("byte " + i).isFalse();
        }
    }

    /** Hints and the list of keys prove nothing, so changing them changes nothing. */
    private static boolean sameBut(CertificateFile one, CertificateFile other) {
        return one.statement().payload().equals(other.statement().payload())
                && one.testResult().payload().equals(other.testResult().payload())
                && one.entry().equals(other.entry());
    }

    @Test
    void whatIsNoCertificateIsRefused() {
        for (var text : List.of("", "{}", "[]", "{\"mediaType\":\"text/plain\"}", "null")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CertificateVerifier.verify(text, List.of(), null, NOW));
        }
    }

    private List<CertificateVerifier.Check> verify(CertificateFile file, @Nullable Path files) {
        return CertificateVerifier.verify(file.text(), log.keys().all(), files, NOW);
    }

    private CertificateFile certificate(Statement statement) {
        for (int i = 0; i < 5; i++) {
            log.append(ISSUED, "run.started", UUID.randomUUID(), "{}");
        }
        var payload = statement.bytes();
        var entry = log.append(
                ISSUED, "certificate.issued", ID, "{\"statement\":\"" + CertificateVerifier.sha256(payload) + "\"}");
        int index = 5;
        for (int i = 0; i < 3; i++) {
            log.append(ISSUED, "run.ended", UUID.randomUUID(), "{}");
        }
        return new CertificateFile(
                CertificateFile.MEDIA_TYPE,
                Envelope.sign(payload, log.keys()),
                Envelope.sign(statement.testResult(), log.keys()),
                Base64.getEncoder().encodeToString(entry),
                log.prove(index).text(),
                log.keys().all().stream().map(VerificationKey::toString).toList());
    }

    private Statement statement(String guarantee, String digest, Instant fixed, String verdict, double difference) {
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
        var findings = new Findings(List.of(finding), List.of(sick), Map.of(), 3, 3, 100, 50, 1);
        return new Statement(
                Statement.TYPE,
                List.of(new Statement.Subject("model@2", Map.of("sha256", digest))),
                Statement.PREDICATE,
                new Statement.Predicate(
                        ID.toString(),
                        ISSUED,
                        new Statement.Issuer(log.keys().origin(), "1"),
                        List.of(new Statement.Request(UUID.randomUUID().toString(), "gdpr", FIXED, NOW)),
                        new Statement.Subject("model@1", Map.of("sha256", "00")),
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

    /** Another statement, well signed, with the log entry of the genuine one. */
    private CertificateFile resigned(Statement other, CertificateFile file) {
        return new CertificateFile(
                file.mediaType(),
                Envelope.sign(other.bytes(), log.keys()),
                Envelope.sign(other.testResult(), log.keys()),
                file.entry(),
                file.proof(),
                file.keys());
    }

    /** Somebody who has everything but the key. */
    private CertificateVerifierTest forger() {
        var other = new CertificateVerifierTest();
        other.log = new SmallLog(directory.resolve("forger-" + UUID.randomUUID()));
        other.model = model;
        other.genuine = genuine;
        return other;
    }

    private CertificateFile changing(CertificateFile file, String name, byte @Nullable [] content) {
        try {
            if (content == null) {
                Files.delete(model.resolve(name));
            } else {
                Files.write(model.resolve(name), content);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CertificateFile payload(CertificateFile file, UnaryOperator<String> change) {
        var before = new String(file.statement().bytes(), StandardCharsets.UTF_8);
        var after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        return with(
                file,
                new Envelope(
                        Base64.getEncoder().encodeToString(after.getBytes(StandardCharsets.UTF_8)),
                        file.statement().payloadType(),
                        file.statement().signatures()));
    }

    private static CertificateFile with(CertificateFile file, Envelope statement) {
        return new CertificateFile(
                file.mediaType(), statement, file.testResult(), file.entry(), file.proof(), file.keys());
    }

    private static Envelope typed(Envelope envelope, String type) {
        return new Envelope(envelope.payload(), type, envelope.signatures());
    }

    private static Envelope signed(Envelope envelope, String signature) {
        return new Envelope(envelope.payload(), envelope.payloadType(), List.of(new Envelope.Signature("", signature)));
    }

    private static String signature(Envelope envelope) {
        return envelope.signatures().getFirst().sig();
    }

    private static String flipped(String base64) {
        return flipped(base64, 16);
    }

    /** With one bit of the byte changed that is so far from the beginning, or from the end. */
    private static String flipped(String base64, int place) {
        var bytes = Base64.getDecoder().decode(base64);
        bytes[Math.floorMod(place, bytes.length)] ^= 1;
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static CertificateFile entry(CertificateFile file, String entry) {
        return new CertificateFile(
                file.mediaType(), file.statement(), file.testResult(), entry, file.proof(), file.keys());
    }

    private static CertificateFile proof(CertificateFile file, UnaryOperator<String> change) {
        var after = change.apply(file.proof());
        assertThat(after).isNotEqualTo(file.proof());
        assertThat(InclusionProof.parse(after)).isNotNull();
        return new CertificateFile(
                file.mediaType(), file.statement(), file.testResult(), file.entry(), after, file.keys());
    }

    private static String changed(String text, int line) {
        var lines = new ArrayList<>(text.lines().toList());
        lines.set(line, flipped(lines.get(line)));
        return String.join("\n", lines) + "\n";
    }

    private static String without(String text, int line) {
        var lines = new ArrayList<>(text.lines().toList());
        lines.remove(line);
        return String.join("\n", lines) + "\n";
    }
}
