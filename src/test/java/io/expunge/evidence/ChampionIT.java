package io.expunge.evidence;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Nobody who was forgotten comes back by a later version. */
class ChampionIT extends HttpTest {

    private static final int RECORDS_OF_A_PERSON = 20;
    private static final Map<String, String> WHY = Map.of("reason", "the evidence holds");

    @Test
    void anApprovedCandidateOfAnotherVersionThanTheChampionIsMadeAgainAndATrainingLeavesOutTheForgotten() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var intake = as("INTAKE");
        officer.putJson("/v1/policies/plain", lenient(officer)).with(200);
        var model = trainedModel(engineer, "plain", "c-");
        var first = champion(engineer, model);

        publish(
                engineer,
                officer,
                decidable(engineer, intake, requested(intake, List.of("c-1", "c-2", "c-3", "c-4", "c-5", "c-6"))));
        var second = champion(engineer, model);
        var third = trainedAgain(engineer, model, second);
        var request = requested(intake, List.of("c-7", "c-8", "c-9", "c-10"));
        var run = decidable(engineer, intake, request);
        var stale = engineer.get("/v1/runs/" + run).body();
        assertThat(stale.get("parentVersionId").asString()).isEqualTo(third);
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("parent").get("id").asString()).isEqualTo(third);
        assertThat(evidence.get("parent").get("digest").asString()).hasSize(64);
        assertThat(evidence.get("candidate").get("digest").asString()).hasSize(64);
        assertThat(evidence.get("method").get("name").asString()).isEqualTo("exact-retraining");
        assertThat(evidence.get("limits").asString()).isNotBlank();

        // the champion moves while the candidate waits for its approval
        officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", first, "reason", "drill"))
                .with(409);
        officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", second, "reason", "drill"))
                .with(200);
        officer.post("/v1/runs/" + run + "/approve", WHY).with(202);
        var again = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|succeeded|failed"));
        assertThat(again.get("state").asString()).as(again.toString()).isEqualTo("awaiting_approval");
        assertThat(again.get("parentVersionId").asString()).isEqualTo(second);
        assertThat(again.get("candidateVersionId").asString())
                .isNotEqualTo(stale.get("candidateVersionId").asString());
        assertThat(officer.get("/v1/runs/" + run + "/evidence").body().has("decidedBy"))
                .isFalse();
        assertThat(champion(engineer, model)).isEqualTo(second);

        publish(engineer, officer, run);
        var last = engineer.get("/v1/versions/" + champion(engineer, model)).body();
        assertThat(last.get("forgotten").asLong()).isPositive();
        assertThat(intake.get("/v1/erasure-requests/" + request).text("state")).isEqualTo("completed");

        // whoever was forgotten is learned by no later training, of any model
        var other = engineer.get("/v1/versions/" + trainedAgain(engineer, otherModel(engineer), second))
                .body();
        assertThat(other.get("forgotten").asLong()).isEqualTo(10 * RECORDS_OF_A_PERSON);
    }

    /** The champion of a training that learns as {@code version} did. */
    private static String trainedAgain(Caller engineer, String model, String version) {
        var before = engineer.get("/v1/versions/" + version).body();
        var run = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                JSON.convertValue(before.get("data"), Map.class),
                                "recipe",
                                JSON.convertValue(before.get("recipe"), Map.class),
                                "seed",
                                9))
                .with(202)
                .text("id");
        var trained = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("succeeded|failed"));
        assertThat(trained.get("state").asString()).as(trained.toString()).isEqualTo("succeeded");
        return trained.get("candidateVersionId").asString();
    }

    /** Limits that nothing exceeds, so that a person decides on every candidate of exact retraining. */
    private static Map<String, Object> lenient(Caller officer) {
        var limits = new HashMap<String, Object>();
        officer.get("/v1/policies/default")
                .body()
                .get("thresholds")
                .propertyNames()
                .forEach(check -> limits.put(check, check.startsWith("parent.") ? 1e-9 : 1000));
        var policy = new HashMap<>(policy("plain", List.of(Map.of("name", "exact-retraining", "seed", 5))));
        policy.put("references", 1);
        policy.put("thresholds", limits);
        return policy;
    }

    private static String requested(Caller intake, List<String> subjects) {
        return intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                subjects))
                .with(202)
                .text("id");
    }

    private static String decidable(Caller engineer, Caller intake, String id) {
        var run = await(
                        () -> intake.get("/v1/erasure-requests/" + id).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        JsonNode done = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed"));
        assertThat(done.get("state").asString()).as(done.toString()).isEqualTo("awaiting_approval");
        return run;
    }

    private static void publish(Caller engineer, Caller officer, String run) {
        officer.post("/v1/runs/" + run + "/approve", WHY).with(202);
        await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().equals("succeeded"));
    }

    private static String champion(Caller engineer, String model) {
        return engineer.get("/v1/models/" + model).text("champion");
    }

    private static String otherModel(Caller engineer) {
        return engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "later",
                                "architecture",
                                Map.of("name", "mlp", "inputs", 2, "hidden", List.of(16), "classes", 2)))
                .with(201)
                .text("id");
    }
}
