package io.expunge.evidence;

import static io.expunge.evidence.SmallIssuer.FIXED;
import static io.expunge.evidence.SmallIssuer.MEASURED;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.audit.InclusionProof;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody may make of a genuine certificate. */
class ForgeryTest {

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
        CertificateFile forge(ForgeryTest test, CertificateFile genuine);
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
                                test.issuer.statement(
                                        "exact", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.02),
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
                        (test, file) -> test.issuer.certificate(new Statement(
                                Statement.TYPE,
                                test.genuine.subject(),
                                "https://example.org/other",
                                test.genuine.predicate())),
                        "It is no statement on the unlearning of one model version."),
                new Forgery(
                        "limits fixed after the measurement",
                        (test, file) -> test.issuer.certificate(test.issuer.statement(
                                "exact",
                                CertificateVerifier.digest(test.model),
                                MEASURED.plusSeconds(1),
                                "PASSED",
                                0.01)),
                        "The limits were fixed after the measurement."),
                new Forgery(
                        "a verdict that the measurements do not give",
                        (test, file) -> test.issuer.certificate(test.issuer.statement(
                                "exact", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.5)),
                        "The measurements and limits give FAILED but it states PASSED."),
                new Forgery(
                        "a guarantee that the method does not give",
                        (test, file) -> test.issuer.certificate(test.issuer.statement(
                                "certified", CertificateVerifier.digest(test.model), FIXED, "PASSED", 0.01)),
                        "exact-retraining gives no guarantee of the kind certified."),
                new Forgery(
                        "a test result that says something else",
                        (test, file) -> new CertificateFile(
                                file.mediaType(),
                                file.statement(),
                                Envelope.sign(
                                        "{}".getBytes(StandardCharsets.UTF_8),
                                        test.issuer.log().keys()),
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
        var forged = forgery.forge().forge(this, issuer.certificate(genuine));
        var wrong = issuer.verify(forged, model).stream()
                .filter(check -> !check.passed())
                .toList();
        assertThat(wrong)
                .extracting(CertificateVerifier.Check::sentence)
                .anySatisfy(sentence -> assertThat(sentence).startsWith(forgery.sentence()));
    }

    @Test
    void anyByteOfTheFileThatIsChangedIsFoundOrChangesNothing() {
        var text = issuer.certificate(genuine).text();
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var genuineFile = CertificateFile.parse(text);
        for (int i = 0; i < bytes.length; i += 37) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            boolean holds;
            try {
                var again = new String(changed, StandardCharsets.UTF_8);
                holds = issuer.verify(CertificateFile.parse(again), model).stream()
                                .allMatch(CertificateVerifier.Check::passed)
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

    /** Another statement, well signed, with the log entry of the genuine one. */
    private CertificateFile resigned(Statement other, CertificateFile file) {
        return new CertificateFile(
                file.mediaType(),
                Envelope.sign(other.bytes(), issuer.log().keys()),
                Envelope.sign(other.testResult(), issuer.log().keys()),
                file.entry(),
                file.proof(),
                file.keys());
    }

    /** Somebody who has everything but the key. */
    private SmallIssuer forger() {
        return new SmallIssuer(directory.resolve("forger-" + UUID.randomUUID()));
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
