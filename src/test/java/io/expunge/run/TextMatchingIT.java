package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.catalog.LanguageModels;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Language models that are tuned to what an attribution foretold, from the order to the evidence. */
class TextMatchingIT extends HttpTest {

    private static final int PEOPLE = 20;
    private static final Map<String, Object> RETRAINING = Map.of("name", "exact-retraining", "seed", 5);

    private Caller engineer;
    private Caller officer;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
    }

    @Test
    void whatWasForetoldOfAnswersIsHeldAgainstRetrainedModels() {
        declared("foretold-texts", List.of(matching()), 10);
        var model = trained("foretold-texts", "foretold-");
        request("foretold-", 4);
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "foretold-texts"))
                .with(202)
                .text("id");
        assertThat(ended(run).get("method").get("name").asString()).isEqualTo("datamodel-matching");
        assertThat(trail(run)).contains("run.judged").doesNotContain("run.method-unserved");
        var divergence =
                officer.get("/v1/runs/" + run + "/evidence").with(200).body().get("divergence");
        var prediction = divergence.get("prediction");
        assertThat(prediction.get("explained").asDouble()).isLessThan(1).isNotZero();
        assertThat(prediction.get("divergence").get("mean").asDouble()).isPositive();
        var forget = divergence.get("parts").get(0);
        assertThat(forget.get("after").get("mean").asDouble())
                .as("the edit moved what the models say")
                .isNotEqualTo(forget.get("before").get("mean").asDouble());
    }

    @Test
    void moreThanALinearPredictionBearsFallsToTheNextMethodAndWhatDoesNotFitIsRefused() {
        declared("matched-texts", List.of(matching(), RETRAINING), 0);
        var model = trained("matched-texts", "matched-");
        refused(model, Map.of("name", "oracle-matching", "matching", networks()), "method", "does not edit models");
        refused(model, without("textMatching", Map.of("matching", networks())), "method", "does not edit models");
        refused(model, without("textMatching", Map.of()), "matching", "must be given");
        refused(model, changed(Map.of("estimator", "DATAMODELS")), "estimator", "must be TRAK");
        var texts = new HashMap<>(textMatching());
        texts.put("forgetRepeats", 0);
        refused(model, changed(Map.of("textMatching", texts)), "textMatching.forgetRepeats", "between");
        request("matched-", 10);
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model))
                .with(202)
                .text("id");
        assertThat(ended(run).get("method").get("name").asString()).isEqualTo("exact-retraining");
        assertThat(trail(run)).contains("run.method-unserved", "is trusted up to 30 %", "run.next-method");
    }

    private void refused(String model, Map<String, Object> method, String field, String reason) {
        var answer = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "method", method));
        assertThat(answer.status()).isBetween(400, 499);
        assertThat(answer.body().toString()).contains(field, reason);
    }

    private static Map<String, Object> matching() {
        return Map.of(
                "name", "datamodel-matching", "estimator", "TRAK", "multiplier", 1, "textMatching", textMatching());
    }

    private static Map<String, Object> textMatching() {
        var recipe = new HashMap<>(LanguageModels.recipe(10));
        recipe.put("learningRate", 2e-3);
        return Map.of("forgetRepeats", 2, "retainMultiple", 4, "recipe", recipe, "seed", 1);
    }

    private static Map<String, Object> changed(Map<String, Object> other) {
        var all = new HashMap<>(matching());
        all.putAll(other);
        return all;
    }

    private static Map<String, Object> without(String field, Map<String, Object> other) {
        var all = changed(other);
        all.remove(field);
        return all;
    }

    private static Map<String, Object> networks() {
        return Map.of(
                "forgetRepeats", 1,
                "retainMultiple", 1,
                "epochs", 1,
                "batchSize", 8,
                "learningRate", 0.01,
                "schedule", "CONSTANT",
                "seed", 1);
    }

    private void declared(String name, List<Map<String, Object>> methods, int models) {
        var policy = new HashMap<>(policy(name, methods));
        policy.put("automatic", false);
        policy.put("references", 1);
        if (models > 0) {
            policy.put("divergenceModels", models);
        }
        officer.putJson("/v1/policies/" + name, policy).with(200);
    }

    private String trained(String policy, String prefix) {
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "texts",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "language-model", "sizes", LanguageModels.SIZES)))
                .with(201)
                .text("id");
        var training = new HashMap<>(LanguageModels.training(LanguageModels.dataset(engineer, prefix, PEOPLE), 10));
        training.put("modelId", model);
        var run = engineer.post("/v1/training-runs", training).with(202).text("id");
        assertThat(ended(run).get("state").asString()).isEqualTo("succeeded");
        return model;
    }

    private void request(String prefix, int people) {
        var request = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                IntStream.range(0, people)
                                        .mapToObj(i -> prefix + i)
                                        .toList()))
                .with(202)
                .text("id");
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals("resolved"));
    }

    private JsonNode ended(String run) {
        return await(
                () -> engineer.get("/v1/runs/" + run).with(200).body(),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
    }

    private String trail(String subject) {
        return officer.get("/v1/audit/entries?limit=500&subjectId=" + subject)
                .body()
                .get("items")
                .toString();
    }
}
