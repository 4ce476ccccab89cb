package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A policy that demands to know how networks that are edited alike are distributed. */
class DivergenceIT extends HttpTest {

    private static final Map<String, Object> NOTHING = Map.of(
            "name",
            "fine-tuning",
            "schedule",
            Map.of(
                    "epochs", 1,
                    "batchSize", 64,
                    "learningRate", 0.000001,
                    "momentum", 0.9,
                    "weightDecay", 0,
                    "seed", 1));
    private static final Map<String, Object> RETRAINING = Map.of("name", "exact-retraining", "seed", 5);

    private Caller engineer;
    private Caller officer;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
    }

    private Map<String, Object> demanding(String name, int models, List<Map<String, Object>> methods) {
        var policy = new HashMap<>(policy(name, methods));
        policy.put("automatic", false);
        policy.put("references", 1);
        policy.put("divergenceModels", models);
        var limits = new HashMap<>((Map<?, ?>) policy.get("thresholds"));
        limits.keySet().removeIf(check -> check.toString().endsWith(".klom"));
        policy.put("thresholds", limits);
        return policy;
    }

    @Test
    void whatOnlyLooksEditedIsToldFromRetrainingByManyNetworksAndRetrainingIsNot() {
        officer.putJson("/v1/policies/many", demanding("many", 30, List.of(NOTHING, RETRAINING)))
                .with(200);
        assertThat(officer.get("/v1/policies/many")
                        .body()
                        .get("divergenceModels")
                        .asInt())
                .isEqualTo(30);
        var model = trainedModel(engineer, "many", "divergent-");
        // twelve people whom the network has by heart, and no other knows
        request(java.util.stream.IntStream.range(0, 12)
                .mapToObj(i -> "divergent-" + i)
                .toList());
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "many"))
                .with(202)
                .text("id");
        var decided = await(
                        () -> ended(run),
                        body -> body.has("endedAt")
                                || body.get("state").asString().equals("awaiting_approval"))
                .toString();
        assertThat(decided).contains("exact-retraining");
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("reasons").toString()).contains("before: fine-tuning: failed");

        var divergence = evidence.get("divergence");
        assertThat(divergence.get("models").asInt()).isEqualTo(30);
        assertThat(divergence.get("measure").asString()).isEqualTo("moments");
        assertThat(divergence.get("parts")).hasSize(3);
        var forget = divergence.get("parts").get(0);
        assertThat(forget.get("points").asString()).isEqualTo("forget");
        assertThat(forget.get("count").asInt()).isPositive();
        var before = forget.get("before").get("mean").asDouble();
        var after = forget.get("after").get("mean").asDouble();
        assertThat(before).isGreaterThan(2 * after);
        assertThat(forget.get("floor").get("mean").asDouble()).isPositive().isLessThan(before / 2);
        assertThat(measurement(evidence, "forget.klom").get("before").asDouble())
                .isGreaterThan(0.5);
        // a share of records that go up and down together: with thirty networks its size is chance, its verdict is not
        assertThat(measurement(evidence, "forget.klom").get("outcome").asString())
                .isNotEqualTo("failed");
        assertThat(evidence.get("measurements").toString())
                .contains("retain.klom", "test.klom", "forget.likelihood-ratio");

        var approved = ended(run);
        if (!approved.has("endedAt")) {
            officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "retrained"))
                    .with(202);
            await(() -> ended(run), body -> body.has("endedAt"));
        }
        var certificate = "/v1/certificates/"
                + officer.get("/v1/certificates")
                        .body()
                        .get("items")
                        .get(0)
                        .get("id")
                        .asString();
        await(() -> officer.get(certificate).body(), body -> body.has("proof"));
        var html = new String(officer.download(certificate + "/html"), StandardCharsets.UTF_8);
        assertThat(html).contains("Distance to retraining as distributions", "30 networks edited by the method");
        assertThat(dataDirectory().resolve("artifacts/runs/" + run)).doesNotExist();
    }

    @Test
    void networksThatSomebodyHadRetrainedForTheseRequestsAreComparedWith() {
        officer.putJson("/v1/policies/stored", demanding("stored", 10, List.of(RETRAINING)))
                .with(200);
        var model = trainedModel(engineer, "stored", "stored-");
        var request = request(List.of("stored-1", "stored-2", "stored-3"));
        var ensemble = engineer.post(
                        "/v1/ensemble-runs",
                        Map.of(
                                "modelId",
                                model,
                                "kind",
                                "retrained",
                                "members",
                                12,
                                "seed",
                                2,
                                "requestIds",
                                List.of(request)))
                .with(202)
                .text("id");
        await(() -> ended(ensemble), body -> body.has("endedAt"));
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "stored"))
                .with(202)
                .text("id");
        await(
                () -> ended(run),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
        assertThat(officer.get("/v1/audit/entries?limit=500&subjectId=" + run)
                        .body()
                        .toString())
                .contains("run.compared", ensemble, "run.judged");
        assertThat(officer.get("/v1/runs/" + run + "/evidence").body().get("divergence"))
                .isNotNull();
    }

    @Test
    void aDemandThatMeansNothingIsRefused() {
        for (int models : new int[] {0, 9, 1001}) {
            var answer = officer.putJson("/v1/policies/bad", demanding("bad", models, List.of(RETRAINING)))
                    .with(400);
            assertThat(answer.body().get("errors").get(0).get("field").asString())
                    .isEqualTo("divergenceModels");
        }
    }

    private static JsonNode measurement(JsonNode evidence, String check) {
        return evidence.get("measurements")
                .valueStream()
                .filter(one -> one.get("check").asString().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode ended(String run) {
        return engineer.get("/v1/runs/" + run).with(200).body();
    }

    private String request(List<String> people) {
        var request = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                people))
                .with(202)
                .text("id");
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals("resolved"));
        return request;
    }
}
