package io.expunge.evidence;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import io.expunge.metric.Finding;
import io.expunge.metric.Findings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate states: an in-toto statement whose subject is the new version's files. Nothing in it tells who was
 * forgotten.
 *
 * @param subject the new version
 */
record Statement(String _type, List<Subject> subject, String predicateType, Predicate predicate) {

    static final String TYPE = "https://in-toto.io/Statement/v1";
    static final String PREDICATE = "https://expunge.io/attestation/unlearning/v1";
    static final String TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";

    /** What may be null is in none of these. */
    private static final List<String> REQUIRED = List.of(
            "/_type",
            "/subject",
            "/predicateType",
            "/predicate/certificateId",
            "/predicate/issuedAt",
            "/predicate/issuer",
            "/predicate/requests",
            "/predicate/forgetSet/commitment",
            "/predicate/method/name",
            "/predicate/method/guarantee",
            "/predicate/method/parameters",
            "/predicate/method/parametersDigest",
            "/predicate/verification/thresholdsFixedAt",
            "/predicate/verification/thresholds",
            "/predicate/verification/verdict",
            "/predicate/verification/reasons",
            "/predicate/provenance",
            "/predicate/log/origin",
            "/predicate/limitations");

    /**
     * @param digest {@code sha256}: over the SHA-256 of every file, in order of name, as OpenSSF model signing has it
     */
    record Subject(String name, Map<String, String> digest) {}

    record Issuer(String id, String version) {}

    record Request(String id, String regulation, Instant receivedAt, Instant dueAt) {}

    /**
     * @param recordCount how many records it learned without
     * @param commitment {@code hmac-sha256} over their places under a salt that the controller keeps
     */
    record ForgetSet(int recordCount, Map<String, String> commitment) {}

    /**
     * @param guarantee {@code exact} for retraining without the records, {@code empirical} for what was measured alone
     * @param parametersDigest {@code sha256} of {@code parameters}
     */
    record Procedure(String name, String guarantee, String parameters, Map<String, String> parametersDigest) {}

    /**
     * What was measured, all of it: {@code Verdict.of(findings, thresholds)} gives the verdict again.
     *
     * @param verdict {@code PASSED}, or {@code FAILED}, {@code INCONCLUSIVE} or {@code NONE} if a person published all the same
     * @param waiver whose decision that was, and what was decided
     */
    record Verification(
            Instant thresholdsFixedAt,
            @Nullable Instant measuredAt,
            Map<String, Double> thresholds,
            @Nullable Findings findings,
            String verdict,
            List<String> reasons,
            @Nullable String waiver) {}

    record Provenance(String runId, String policy, double editSeconds, double referenceSeconds) {}

    record Log(String origin) {}

    record Predicate(
            String certificateId,
            Instant issuedAt,
            Issuer issuer,
            List<Request> requests,
            @Nullable Subject parentModel,
            ForgetSet forgetSet,
            Procedure method,
            Verification verification,
            Provenance provenance,
            Log log,
            List<String> limitations) {}

    byte[] bytes() {
        return OfflineJson.write(this).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if the bytes are none */
    static Statement parse(byte[] bytes) {
        return parse(bytes, Statement.class, REQUIRED);
    }

    /** @throws IllegalArgumentException if the bytes are no such thing, or one of the required paths is missing */
    static <T> T parse(byte[] bytes, Class<T> type, List<String> required) {
        try {
            var text = new String(bytes, StandardCharsets.UTF_8);
            var tree = OfflineJson.tree(text);
            for (var path : required) {
                if (!has(tree, path)) {
                    throw new IllegalArgumentException("the payload is no statement on unlearning: it has no " + path);
                }
            }
            return OfflineJson.read(text, type);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("the payload is no statement on unlearning", e);
        }
    }

    private static boolean has(JsonElement tree, String path) {
        var at = tree;
        for (var name : path.substring(1).split("/", -1)) {
            if (!at.isJsonObject() || !at.getAsJsonObject().has(name)) {
                return false;
            }
            at = at.getAsJsonObject().get(name);
        }
        return !at.isJsonNull();
    }

    /** The same in the vocabulary of in-toto's test results. */
    byte[] testResult() {
        var verification = predicate.verification();
        var passed = verification.verdict().equals("PASSED");
        var findings = verification.findings();
        var checks = findings == null
                ? List.<String>of()
                : findings.findings().stream().map(Finding::check).toList();
        var configuration = Map.of(
                "name", predicate.method().name(), "digest", predicate.method().parametersDigest());
        var result = Map.of(
                "result",
                passed ? "PASSED" : verification.verdict().equals("FAILED") ? "FAILED" : "WARNED",
                "configuration",
                List.of(configuration),
                "passedTests",
                passed ? checks : List.of());
        return OfflineJson.write(
                        Map.of("_type", TYPE, "subject", subject, "predicateType", TEST_RESULT, "predicate", result))
                .getBytes(StandardCharsets.UTF_8);
    }
}
