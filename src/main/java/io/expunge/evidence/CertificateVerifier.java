package io.expunge.evidence;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import io.expunge.audit.InclusionProof;
import io.expunge.audit.LoggedEntry;
import io.expunge.audit.VerificationKey;
import io.expunge.metric.Thresholds;
import io.expunge.metric.Verdict;
import io.expunge.shared.Dates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Verifies a certificate with nothing but public keys: no database, no network. */
public final class CertificateVerifier {

    private static final Duration SKEW = Duration.ofMinutes(5);

    /** What came of a look. */
    public enum State {
        HOLDS,
        /** Nothing is wrong with the certificate, but whoever relies on it has to know this. */
        NOTE,
        FAILS
    }

    /**
     * One thing that was looked at.
     *
     * @param sentence what was found, for people
     */
    public record Check(State state, String sentence) {

        /** Whether it says nothing against the certificate. */
        public boolean passed() {
            return state != State.FAILS;
        }
    }

    /**
     * Everything that was looked at.
     *
     * @param stated what the certificate says; null where nobody signed it, or it cannot be read
     */
    public record Report(List<Check> checks, @Nullable Stated stated) {

        public Report {
            checks = List.copyOf(checks);
        }

        /** Whether the certificate is genuine and in itself consistent, whatever its verdict. */
        public boolean holds() {
            return checks.stream().allMatch(Check::passed);
        }
    }

    private final List<Check> checks = new ArrayList<>();
    private final CertificateFile file;
    private final List<VerificationKey> keys;
    private final String signer;
    private final Instant now;
    private @Nullable Stated stated;

    private CertificateVerifier(CertificateFile file, List<VerificationKey> keys, String signer, Instant now) {
        this.file = file;
        this.keys = keys;
        this.signer = signer;
        this.now = now;
    }

    /**
     * Looks at everything; what comes after a wrong signature is not looked at.
     *
     * @param text of the certificate
     * @param trusted keys that may have signed it; when empty those that it names itself
     * @param model directory of the version's files; null to leave them alone
     * @throws IllegalArgumentException if the text is no certificate or the directory cannot be read
     */
    public static List<Check> verify(String text, List<VerificationKey> trusted, @Nullable Path model, Instant now) {
        var file = CertificateFile.parse(text);
        var verifier = trusted.isEmpty()
                ? new CertificateVerifier(
                        file,
                        file.keys().stream().map(VerificationKey::parse).toList(),
                        "the key that it names itself, for which only you can vouch (--key)",
                        now)
                : new CertificateVerifier(file, trusted, "a key that you gave", now);
        return verifier.all(model).checks();
    }

    /**
     * The same for whoever looks at it within the service that issued it.
     *
     * @param keys that the service ever signed with
     * @throws IllegalArgumentException if the text is no certificate
     */
    public static Report verifyOwn(String text, List<VerificationKey> keys, Instant now) {
        return new CertificateVerifier(CertificateFile.parse(text), keys, "a key of this service", now).all(null);
    }

    /** Whether a file is a certificate's PDF or page, which are there to be read. */
    public static boolean isRendering(String text) {
        return CertificateFile.isRendering(text);
    }

    private Report all(@Nullable Path model) {
        if (!signatures() || !contents(model)) {
            checks.add(new Check(State.NOTE, "The rest was not looked at: what it says cannot be relied on."));
        }
        return new Report(checks, stated);
    }

    /** Whether it was such that it could be looked through. */
    private boolean contents(@Nullable Path model) {
        var bytes = file.statement().bytes();
        Statement statement = null;
        Attestation attestation = null;
        try {
            if (Attestation.kindOf(bytes).isPresent()) {
                attestation = Attestation.parse(bytes);
            } else {
                statement = Statement.parse(bytes);
            }
        } catch (IllegalArgumentException e) {
            checks.add(new Check(State.FAILS, String.valueOf(e.getMessage())));
        }
        if (attestation != null) {
            return attested(attestation, model);
        }
        return statement != null && unlearned(statement, model);
    }

    private boolean unlearned(Statement statement, @Nullable Path model) {
        if (!kind(statement)) {
            return false;
        }
        stated = Stated.of(statement);
        var predicate = statement.predicate();
        log(predicate.certificateId(), predicate.issuedAt(), predicate.log());
        issued(predicate.issuedAt());
        times(statement);
        measurements(statement);
        method(statement);
        testResult(statement);
        if (model != null) {
            files(subject(statement), model);
        }
        return true;
    }

    private boolean attested(Attestation attestation, @Nullable Path model) {
        var predicate = attestation.predicate();
        var kind = attestation.kind();
        boolean one =
                kind == Attestation.Kind.DESTRUCTION || attestation.subject().size() == 1;
        if (!check(
                attestation._type().equals(Statement.TYPE) && one,
                kind.sentence(attestation.subject()),
                "It is no statement on one thing.")) {
            return false;
        }
        stated = Stated.of(attestation);
        log(predicate.certificateId(), predicate.issuedAt(), predicate.log());
        issued(predicate.issuedAt());
        check(
                file.testResult() == null,
                "It states no measurement, and none was made.",
                "It has a test result, but nothing was measured.");
        check(
                predicate.limitations().equals(kind.limitations()),
                "It says what it does not cover.",
                "It does not say what it does not cover.");
        if (model != null) {
            switch (kind) {
                case RETRAINING -> files(attestation.subject().getFirst(), model);
                case DESTRUCTION -> destroyed(attestation, model);
                case NOT_KNOWN ->
                    throw new IllegalArgumentException("--model has nothing to be held against: it is on no version");
            }
        }
        return true;
    }

    /** A version that was destroyed should be nowhere. */
    private void destroyed(Attestation attestation, Path model) {
        var found = digest(model);
        var same = attestation.subject().stream()
                .filter(subject -> found.equals(subject.digest().get("sha256")))
                .findFirst();
        check(
                same.isEmpty(),
                "The files in " + model.getFileName() + " are none of the destroyed versions'.",
                "The files in " + model.getFileName() + " are those of "
                        + same.map(Statement.Subject::name).orElse("") + ", which was to be destroyed.");
    }

    private boolean signatures() {
        boolean type = check(
                file.statement().payloadType().equals(Envelope.IN_TOTO)
                        && (file.testResult() == null
                                || file.testResult().payloadType().equals(Envelope.IN_TOTO)),
                "The payloads are in-toto statements.",
                "A payload's type is not " + Envelope.IN_TOTO + ".");
        boolean statement = check(
                () -> file.statement().signedByOneOf(keys),
                "The statement is signed by " + signer + ".",
                "The statement is not signed by " + signer + ", or it was changed after signing.");
        var measured = file.testResult();
        boolean result = measured == null
                || check(
                        () -> measured.signedByOneOf(keys),
                        "The test result is signed by " + signer + ".",
                        "The test result is not signed by " + signer + ", or it was changed after signing.");
        return type && statement && result;
    }

    private boolean kind(Statement statement) {
        return check(
                statement._type().equals(Statement.TYPE)
                        && statement.predicateType().equals(Statement.PREDICATE)
                        && statement.subject().size() == 1,
                "It states the unlearning of " + subject(statement).name() + ".",
                "It is no statement on the unlearning of one model version.");
    }

    private void log(String certificateId, Instant issuedAt, Statement.Log named) {
        try {
            var proof = InclusionProof.parse(file.proof());
            var bytes = Base64.getDecoder().decode(file.entry());
            var entry = LoggedEntry.parse(bytes);
            check(
                    keys.stream().anyMatch(proof.checkpoint()::signedBy),
                    "The audit log's checkpoint at " + proof.checkpoint().size() + " entries is signed by " + signer
                            + ".",
                    "The audit log's checkpoint is not signed by " + signer + ", or it was changed after signing.");
            check(
                    proof.checkpoint().origin().equals(named.origin()),
                    "The checkpoint is of the log that the statement names.",
                    "The checkpoint is of another log than the statement names.");
            check(
                    proof.index() == entry.index() && proof.shows(bytes),
                    "Entry " + proof.index() + " is in the audit log.",
                    "The proof does not lead from the entry to the checkpoint: the entry is not in the audit log.");
            check(
                    entry.action().equals("certificate.issued")
                            && certificateId.equals(entry.subjectId().toString())
                            && sha256(file.statement().bytes())
                                    .equals(entry.details().get("statement")),
                    "The entry is on this very statement.",
                    "The entry is on something else than this statement.");
            check(
                    Duration.between(entry.at(), issuedAt).abs().compareTo(SKEW) <= 0,
                    "It was logged when it was issued, on " + on(entry.at()) + ".",
                    "It was logged on " + on(entry.at()) + " but claims to be of " + on(issuedAt) + ".");
        } catch (IllegalArgumentException e) {
            checks.add(new Check(State.FAILS, "The proof or its entry cannot be read: " + e.getMessage() + "."));
        }
    }

    private void issued(Instant at) {
        check(
                !at.isAfter(now.plus(SKEW)),
                "It was issued on " + on(at) + ".",
                "It claims to be issued on " + on(at) + ", which is yet to come.");
    }

    private static String on(Instant time) {
        return Dates.at(time, Dates.UTC);
    }

    private void times(Statement statement) {
        var predicate = statement.predicate();
        var measured = predicate.verification().measuredAt();
        check(
                (measured == null
                                || predicate.verification().thresholdsFixedAt().isBefore(measured))
                        && (measured == null || !measured.isAfter(predicate.issuedAt())),
                "The limits were fixed before anything was measured.",
                "The limits were fixed after the measurement.");
    }

    private void measurements(Statement statement) {
        var verification = statement.predicate().verification();
        var findings = verification.findings();
        var verdict = "NONE";
        try {
            if (findings != null) {
                verdict = Verdict.of(findings, new Thresholds(verification.thresholds()))
                        .outcome()
                        .name();
            }
        } catch (IllegalArgumentException e) {
            verdict = "impossible: " + e.getMessage();
        }
        check(
                verdict.equals(verification.verdict()),
                "The measurements and limits give the verdict that it states: " + verdict + ".",
                "The measurements and limits give " + verdict + " but it states " + verification.verdict() + ".");
        if (verification.verdict().equals("PASSED") || verification.waiver() == null) {
            check(
                    verification.verdict().equals("PASSED"),
                    "Every check passed.",
                    "The verdict is not PASSED and nobody stands for its publication.");
        } else {
            checks.add(new Check(
                    State.NOTE,
                    "The verdict is not PASSED; a person published it all the same: " + verification.waiver() + "."));
        }
    }

    private void method(Statement statement) {
        var method = statement.predicate().method();
        check(
                sha256(method.parameters().getBytes(StandardCharsets.UTF_8))
                        .equals(method.parametersDigest().get("sha256")),
                "The method's parameters are those of its digest.",
                "The method's parameters are not those of its digest.");
        check(
                method.guarantee().equals(Guarantee.of(method.name())),
                "The guarantee is " + method.guarantee() + ", as " + method.name() + " gives it.",
                method.name() + " gives no guarantee of the kind " + method.guarantee() + ".");
    }

    private void testResult(Statement statement) {
        var result = file.testResult();
        check(
                () -> result != null && tree(result.bytes()).equals(tree(statement.testResult())),
                "The test result says the same.",
                "The test result says something else than the statement.");
    }

    private static JsonElement tree(byte[] json) {
        return OfflineJson.tree(new String(json, StandardCharsets.UTF_8));
    }

    private void files(Statement.Subject version, Path model) {
        var stated = version.digest().get("sha256");
        var found = digest(model);
        check(
                found.equals(stated),
                "The files in " + model.getFileName() + " are those of the version.",
                "The files in " + model.getFileName() + " are others than those of the version: " + found + ", not "
                        + stated + ".");
    }

    private static Statement.Subject subject(Statement statement) {
        return statement.subject().isEmpty()
                ? new Statement.Subject("nothing", Map.of())
                : statement.subject().getFirst();
    }

    private boolean check(boolean held, String good, String bad) {
        checks.add(held ? new Check(State.HOLDS, good) : new Check(State.FAILS, bad));
        return held;
    }

    private boolean check(BooleanSupplier held, String good, String bad) {
        try {
            return check(held.getAsBoolean(), good, bad);
        } catch (IllegalArgumentException | JsonParseException e) {
            return check(false, good, bad);
        }
    }

    /** SHA-256 over the SHA-256 of every file, in order of name: the rule of OpenSSF's model signing for files. */
    static String digest(Path directory) {
        try (var all = Files.walk(directory)) {
            var digest = sha256();
            for (var file : all.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(
                            one -> directory.relativize(one).toString()))
                    .toList()) {
                var one = sha256();
                try (var in = Files.newInputStream(file)) {
                    var buffer = new byte[1 << 16];
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        one.update(buffer, 0, n);
                    }
                }
                digest.update(one.digest());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new IllegalArgumentException("--model cannot be read: " + e.getMessage(), e);
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
