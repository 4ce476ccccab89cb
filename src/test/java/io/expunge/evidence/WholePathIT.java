package io.expunge.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.audit.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

public class WholePathIT extends HttpTest {

    private static final Map<String, Object> RETRAIN = Map.of("name", "exact-retraining", "seed", 5);
    private static final Map<String, Object> NOTHING = Map.of(
            "name",
            "fine-tuning",
            "schedule",
            Map.of("epochs", 1, "batchSize", 64, "learningRate", 1e-9, "momentum", 0.0, "weightDecay", 0.0, "seed", 1));

    @Test
    void peopleAreForgottenFromRequestToPublishedVersionAndDoNotComeBackByRollBack() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var intake = as("INTAKE");
        officer.putJson("/v1/policies/strict", policy("strict", List.of(NOTHING, RETRAIN)))
                .with(200);
        var model = trainedModel(engineer, "strict", "a-");
        var before = engineer.get("/v1/models/" + model).text("champion");

        var request = intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", "gdpr",
                                "submittedAt", Instant.now().toString(),
                                "subjects", List.of("a-1", "a-2", "a-3", "a-4", "a-5", "a-6")))
                .with(202);
        var id = request.text("id");
        assertThat(request.body().get("state").asString()).isEqualTo("received");

        var resolved = await(
                () -> intake.get("/v1/erasure-requests/" + id).body(),
                body -> body.get("targets").size() > 0
                        && body.get("targets").get(0).has("runId"));
        assertThat(resolved.get("records").asInt()).isEqualTo(120);
        assertThat(resolved.get("state").asString()).isEqualTo("in_progress");
        var run = resolved.get("targets").get(0).get("runId").asString();

        var decided = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed|succeeded"));
        assertThat(decided.get("state").asString()).as(decided.toString()).isEqualTo("awaiting_approval");
        assertThat(decided.get("method").get("name").asString()).isEqualTo("exact-retraining");
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("reasons").toString()).contains("before: fine-tuning");
        assertThat(evidence.get("verdict").asString()).isIn("passed", "inconclusive");
        assertThat(Instant.parse(evidence.get("thresholdsFixedAt").asString()))
                .isBefore(Instant.parse(decided.get("startedAt").asString()));
        assertThat(evidence.get("measurements").size()).isGreaterThan(5);
        assertThat(evidence.get("costPercent").asDouble()).isPositive();
        holdsDistributions(evidence);

        var why = Map.of("reason", "the evidence holds");
        intake.post("/v1/runs/" + run + "/approve", why).with(403);
        officer.post("/v1/runs/" + run + "/approve", why).with(202);
        await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().equals("succeeded"));
        assertThat(intake.get("/v1/erasure-requests/" + id).text("state")).isEqualTo("completed");
        var champion = engineer.get("/v1/models/" + model).text("champion");
        assertThat(champion).isNotEqualTo(before);
        var version = engineer.get("/v1/versions/" + champion).body();
        assertThat(version.get("origin").asString()).isEqualTo("unlearned");
        assertThat(version.get("parentId").asString()).isEqualTo(before);
        assertThat(version.get("forgotten").asInt()).isPositive();
        var advice = engineer.get("/v1/models/" + model + "/retraining-advice")
                .with(200)
                .body();
        assertThat(advice.get("recommended").asBoolean())
                .as("it was retrained just now")
                .isFalse();
        assertThat(advice.get("history").size()).isEqualTo(2);
        assertThat(advice.get("history").get(1).get("utility").asDouble()).isGreaterThan(0.8);

        var certificates = officer.get("/v1/erasure-requests/" + id + "/certificates")
                .with(200)
                .body();
        assertThat(certificates.size()).isEqualTo(1);
        var certificate = "/v1/certificates/" + certificates.get(0).get("id").asString();
        await(() -> officer.get(certificate).body(), body -> body.has("proof"));
        var checks = CertificateVerifier.verify(
                new String(officer.download(certificate), StandardCharsets.UTF_8),
                keys(officer),
                versionDirectory(version.get("digest").asString()),
                Instant.now());
        assertThat(checks).allMatch(CertificateVerifier.Check::passed).hasSizeGreaterThan(12);
        assertThat(new String(officer.download(certificate + "/html"), StandardCharsets.UTF_8))
                .contains("Certificate of unlearning", version.get("digest").asString(), "exact-retraining")
                .doesNotContainPattern("\\ba-1\\b");
        assertThat(officer.download(certificate + "/pdf")).startsWith("%PDF-".getBytes(StandardCharsets.UTF_8));
        intake.get(certificate).with(403);
        ofAnotherController("PRIVACY_OFFICER").get(certificate).with(404);

        // who was forgotten does not come back by an earlier version
        var refused = officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", before, "reason", "drill"))
                .with(409);
        assertThat(refused.text("type")).endsWith("holds-forgotten");
        assertThat(refused.text("detail")).contains(id);
        assertThat(engineer.get("/v1/models/" + model).text("champion")).isEqualTo(champion);
        assertThat(intake.get("/v1/erasure-requests/" + id).text("state")).isEqualTo("completed");

        var audit = await(
                () -> officer.get("/v1/audit/verification").body(),
                body -> body.get("entries").asInt() > 20);
        assertThat(audit.get("whole").asBoolean()).as(audit.toString()).isTrue();
        var trail = officer.get("/v1/audit/entries?subjectId=" + id)
                .body()
                .get("items")
                .toString();
        assertThat(trail)
                .contains("erasure.received", "erasure.resolved", "erasure.completed")
                .doesNotContain("a-1\"");
    }

    /** Of each set of records under each kind of model, and the attack that was measured, by its curve. */
    private static void holdsDistributions(JsonNode evidence) {
        var found = evidence.get("distributions");
        assertThat(found.get("quantity").asString()).isEqualTo("margin");
        assertThat(found.get("histograms").size()).isEqualTo(9);
        found.get("histograms").forEach(one -> {
            assertThat(one.get("withheld").asBoolean()).isFalse();
            assertThat(one.get("counts").valueStream().mapToInt(JsonNode::asInt).sum())
                    .isEqualTo(one.get("records").asInt() * one.get("models").asInt());
        });
        var measured = evidence.get("measurements")
                .valueStream()
                .filter(one -> one.get("check").asString().equals("forget.membership"))
                .findFirst()
                .orElseThrow();
        assertThat(found.get("curves").size()).isEqualTo(3);
        for (var curve : found.get("curves")) {
            var named = curve.get("model").asString();
            assertThat(curve.get("area").asDouble())
                    .isEqualTo(measured.get(named).asDouble(), org.assertj.core.api.Assertions.within(1e-9));
            assertThat(curve.get("points").size()).isGreaterThan(2);
        }
    }

    static List<VerificationKey> keys(Caller caller) {
        return caller.get("/v1/signing-keys")
                .with(200)
                .body()
                .valueStream()
                .map(key -> VerificationKey.parse(key.get("key").asString()))
                .toList();
    }

    private Path versionDirectory(String digest) {
        return dataDirectory().resolve("artifacts/versions").resolve(digest);
    }

    @Test
    void whoFiledTheRequestCannotApproveAndARejectionNeedsAPerson() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var other = as("PRIVACY_OFFICER");
        officer.putJson("/v1/policies/exact", policy("exact", List.of(RETRAIN))).with(200);
        var model = trainedModel(engineer, "exact", "b-");
        var id = officer.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", "ccpa",
                                "submittedAt", Instant.now().toString(),
                                // so many that not all of them are among those held out, whom no model must forget
                                "subjects",
                                        IntStream.range(0, 12)
                                                .mapToObj(i -> "b-" + i)
                                                .toList()))
                .with(202)
                .text("id");
        var run = await(
                        () -> officer.get("/v1/erasure-requests/" + id).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        var state = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed"));
        if (state.get("state").asString().equals("awaiting_approval")) {
            var why = Map.of("reason", "no");
            officer.post("/v1/runs/" + run + "/approve", why).with(403);
            other.post("/v1/runs/" + run + "/reject", why).with(202);
        }
        assertThat(engineer.get("/v1/runs/" + run).text("state")).isEqualTo("failed");
        assertThat(officer.get("/v1/erasure-requests/" + id).text("state")).isEqualTo("attention");
        assertThat(engineer.get("/v1/models/" + model + "/versions").body().toString())
                .doesNotContain("\"state\":\"candidate\"");
    }

    @Test
    void whomNobodyKnowsIsNoMatch() {
        var intake = as("INTAKE");
        var id = intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", "gdpr",
                                "submittedAt", Instant.now().toString(),
                                "subjects", List.of("nobody@example.org")))
                .with(202)
                .text("id");
        var known = await(
                () -> intake.get("/v1/erasure-requests/" + id).body(),
                body -> !body.get("state").asString().equals("received"));
        assertThat(known.get("state").asString()).isEqualTo("no_match");
    }

    @Test
    void badRequestsAreRefusedByField() {
        var intake = as("INTAKE");
        var now = Instant.now().toString();
        var future = Instant.now().plus(Duration.ofDays(2)).toString();
        assertThat(detail(intake, Map.of("regulation", "gdpr", "submittedAt", now)))
                .contains("subjects");
        assertThat(detail(intake, Map.of("regulation", "gdpr", "submittedAt", future, "subjects", List.of("a"))))
                .contains("submittedAt");
        assertThat(detail(intake, Map.of("regulation", "hipaa", "submittedAt", now, "subjects", List.of("a"))))
                .contains("regulation");
        assertThat(detail(
                        intake, Map.of("regulation", "gdpr", "submittedAt", now, "subjects", List.of("a"), "hurry", 1)))
                .contains("hurry");
        var officer = as("PRIVACY_OFFICER");
        var wrong = new java.util.HashMap<>(policy("wrong", List.of(RETRAIN)));
        wrong.put("thresholds", Map.of("forget.magic", 1));
        assertThat(officer.putJson("/v1/policies/wrong", wrong)
                        .with(400)
                        .body()
                        .get("detail")
                        .asString())
                .contains("forget.magic");
    }

    private static String detail(Caller caller, Map<String, ?> body) {
        return caller.post("/v1/erasure-requests", body)
                .with(400)
                .body()
                .get("detail")
                .asString();
    }

    /** Wide limits but for the check that something changed at all: what passes here is the path, not the battery. */
    public static Map<String, Object> policy(String name, List<?> methods) {
        var limits = new java.util.TreeMap<String, Double>();
        for (var check : io.expunge.metric.Check.values()) {
            limits.put(check.code(), check.code().startsWith("parent.") ? check.calibrated() : 100);
        }
        return Map.of(
                "thresholds",
                limits,
                "name",
                name,
                "methods",
                methods,
                "references",
                2,
                "approval",
                "person",
                "automatic",
                true,
                "waitSeconds",
                0);
    }

    public static String trainedModel(Caller engineer, String policy, String people) {
        return trainedModel(engineer, policy, people, 15);
    }

    public static String trainedModel(Caller engineer, String policy, String people, int epochs) {
        return modelOf(engineer, policy, dataset(engineer, people), epochs);
    }

    static String modelOf(Caller engineer, String policy, String dataset) {
        return modelOf(engineer, policy, dataset, 15);
    }

    private static String modelOf(Caller engineer, String policy, String dataset, int epochs) {
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "people",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "mlp", "inputs", 2, "hidden", List.of(32), "classes", 2)))
                .with(201)
                .text("id");
        var run = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.3),
                                "recipe",
                                Map.of(
                                        "epochs",
                                        epochs,
                                        "batchSize",
                                        64,
                                        "learningRate",
                                        0.1,
                                        "momentum",
                                        0.9,
                                        "weightDecay",
                                        1e-4,
                                        "schedule",
                                        "COSINE",
                                        "augment",
                                        false),
                                "seed",
                                3))
                .with(202)
                .text("id");
        await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().equals("succeeded"));
        return model;
    }

    static String dataset(Caller engineer, String people) {
        var id = engineer.post(
                        "/v1/datasets",
                        Map.of(
                                "name",
                                "people",
                                "format",
                                Map.of(
                                        "name",
                                        "csv",
                                        "columns",
                                        List.of(
                                                Map.of("name", "person", "kind", "subject"),
                                                Map.of("name", "a", "kind", "numeric"),
                                                Map.of("name", "b", "kind", "numeric"),
                                                Map.of("name", "label", "kind", "label")))))
                .with(201)
                .text("id");
        var random = new Random(1);
        var rows = new StringBuilder("person,a,b,label\n");
        for (int i = 0; i < 2000; i++) {
            int person = i / 20;
            // the first people are told by where they stand, against the rule that holds for all others
            boolean odd = person < 12;
            double a = random.nextGaussian() + (odd ? 4 : 0);
            double b = random.nextGaussian() + (odd ? 4 : 0);
            rows.append(people)
                    .append(person)
                    .append(',')
                    .append(a)
                    .append(',')
                    .append(b)
                    .append(',');
            rows.append(odd ^ a + b > 0 ? "yes" : "no").append('\n');
        }
        engineer.put("/v1/datasets/" + id + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        return id;
    }

    public static JsonNode await(
            java.util.function.Supplier<JsonNode> look, java.util.function.Predicate<JsonNode> until) {
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(180))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> until.test(look.get()));
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("still " + look.get(), e);
        }
        return look.get();
    }
}
