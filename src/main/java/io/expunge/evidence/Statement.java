package io.expunge.evidence;

import io.expunge.metric.Findings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

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

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

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
        return JSON.writeValueAsBytes(this);
    }

    /** @throws IllegalArgumentException if the bytes are none */
    static Statement parse(byte[] bytes) {
        try {
            var tree = JSON.readTree(bytes);
            for (var path : REQUIRED) {
                if (tree.at(path).isMissingNode() || tree.at(path).isNull()) {
                    throw new IllegalArgumentException("the payload is no statement on unlearning: it has no " + path);
                }
            }
            return JSON.treeToValue(tree, Statement.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "the payload is no statement on unlearning: " + e.getOriginalMessage(), e);
        }
    }

    /** The same in the vocabulary of in-toto's test results. */
    byte[] testResult() {
        var verification = predicate.verification();
        var passed = verification.verdict().equals("PASSED");
        return JSON.writeValueAsBytes(Map.of(
                "_type",
                TYPE,
                "subject",
                subject,
                "predicateType",
                TEST_RESULT,
                "predicate",
                Map.of(
                        "result",
                        passed ? "PASSED" : verification.verdict().equals("FAILED") ? "FAILED" : "WARNED",
                        "configuration",
                        List.of(Map.of(
                                "name",
                                predicate.method().name(),
                                "digest",
                                predicate.method().parametersDigest())),
                        "passedTests",
                        passed
                                ? verification.thresholds().keySet().stream()
                                        .sorted()
                                        .toList()
                                : List.of())));
    }
}
