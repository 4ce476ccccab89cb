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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A policy that demands to know how language models that are edited alike are distributed. */
class TextDivergenceIT extends HttpTest {

    private static final int MODELS = 10;

    @Test
    void aLanguageModelThatOnlyLooksEditedIsToldFromRetrainingByManyModels() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        officer.putJson("/v1/policies/many-texts", demanding()).with(200);
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "letters",
                                "policy",
                                "many-texts",
                                "architecture",
                                Map.of("name", "language-model", "sizes", LanguageModels.SIZES)))
                .with(201)
                .text("id");
        var training = new HashMap<>(LanguageModels.training(LanguageModels.dataset(engineer, "letter-", 20), 10));
        training.put("modelId", model);
        var trained = engineer.post("/v1/training-runs", training).with(202).text("id");
        assertThat(await(() -> run(engineer, trained), body -> body.has("endedAt"))
                        .get("state")
                        .asString())
                .isEqualTo("succeeded");
        var request = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                IntStream.range(0, 8)
                                        .mapToObj(i -> "letter-" + i)
                                        .toList()))
                .with(202)
                .text("id");
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals("resolved"));

        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "many-texts"))
                .with(202)
                .text("id");
        var decided = await(
                () -> run(engineer, run),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
        assertThat(decided.get("method").get("name").asString()).isEqualTo("exact-retraining");
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("reasons").toString()).contains("before: npo: failed");
        assertThat(evidence.get("measurements").toString())
                .contains("forget.probability", "forget.klom", "retain.klom", "test.klom", "forget.likelihood-ratio");
        var divergence = evidence.get("divergence");
        assertThat(divergence.get("models").asInt()).isEqualTo(MODELS);
        assertThat(divergence.has("prediction")).isFalse();
        var forget = divergence.get("parts").get(0);
        assertThat(forget.get("points").asString()).isEqualTo("forget");
        double before = forget.get("before").get("mean").asDouble();
        assertThat(before)
                .isGreaterThan(2 * forget.get("after").get("mean").asDouble())
                .isGreaterThan(2 * forget.get("floor").get("mean").asDouble());
        assertThat(klom(evidence, "before")).isGreaterThan(klom(evidence, "after"));
    }

    private static JsonNode run(Caller caller, String id) {
        return caller.get("/v1/runs/" + id).with(200).body();
    }

    private static double klom(JsonNode evidence, String side) {
        return evidence.get("measurements")
                .valueStream()
                .filter(one -> one.get("check").asString().equals("forget.klom"))
                .findFirst()
                .orElseThrow()
                .get(side)
                .asDouble();
    }

    private static Map<String, Object> demanding() {
        var nothing = new HashMap<>(LanguageModels.recipe(1));
        nothing.put("learningRate", 1e-9);
        var npo = Map.of(
                "name",
                "npo",
                "beta",
                0.1,
                "forgetWeight",
                1,
                "retention",
                Map.of("kind", "CROSS_ENTROPY", "weight", 1),
                "recipe",
                nothing,
                "seed",
                1);
        var policy = new HashMap<>(policy("many-texts", List.of(npo, Map.of("name", "exact-retraining", "seed", 5))));
        policy.put("automatic", false);
        policy.put("references", 1);
        policy.put("divergenceModels", MODELS);
        var limits = new HashMap<>((Map<?, ?>) policy.get("thresholds"));
        limits.keySet().removeIf(check -> check.toString().endsWith(".klom"));
        policy.put("thresholds", limits);
        return policy;
    }
}
