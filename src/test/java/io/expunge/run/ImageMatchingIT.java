package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Pictures are forgotten by matching, from the upload to what the run did; both attributions on a small CNN. */
class ImageMatchingIT extends HttpTest {

    private static final int IMAGES = 100;
    private static final int SIDE = 8;
    private static final Map<String, Object> RECIPE = Map.of(
            "epochs",
            6,
            "batchSize",
            20,
            "learningRate",
            0.05,
            "momentum",
            0.9,
            "weightDecay",
            1e-3,
            "schedule",
            "COSINE",
            "augment",
            false);

    private Caller engineer;
    private Caller officer;
    private String dataset;
    private String model;

    @BeforeEach
    void pictures() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
        var policy = new HashMap<>(policy("pictures", List.of(Map.of("name", "exact-retraining", "seed", 5))));
        policy.put("automatic", false);
        policy.put("references", 1);
        if (officer.get("/v1/policies/pictures").status() != 200) {
            officer.putJson("/v1/policies/pictures", policy).with(200);
        }
        dataset = uploaded();
        model = trained();
    }

    @Test
    void picturesAreForgottenByWhatTrakPredictsOfACnn() {
        var run = forgotten("TRAK");
        assertThat(trail(run)).contains("run.judged", "datamodel-matching").doesNotContain("run.method-unserved");
    }

    @Test
    void picturesAreForgottenByWhatAnEnsembleOfCnnsPredicts() {
        var ensemble = engineer.post(
                        "/v1/ensemble-runs", Map.of("modelId", model, "kind", "halves", "members", 40, "seed", 4))
                .with(202)
                .text("id");
        assertThat(ended(ensemble).get("state").asString()).isEqualTo("succeeded");
        var run = forgotten("DATAMODELS");
        assertThat(trail(run))
                .contains("run.judged", "datamodel-matching", ensemble)
                .doesNotContain("run.method-unserved");
    }

    /** The run that forgets some pictures, at its end or before a person. */
    private String forgotten(String estimator) {
        var request = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "records",
                                List.of(Map.of("datasetId", dataset, "ordinals", List.of(3, 14, 15))),
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString()))
                .with(202)
                .text("id");
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals("resolved"));
        var matching = Map.of(
                "forgetRepeats", 5,
                "retainMultiple", 5,
                "epochs", 4,
                "batchSize", 32,
                "learningRate", 0.003,
                "schedule", "COSINE",
                "seed", 1);
        var method =
                Map.of("name", "datamodel-matching", "estimator", estimator, "multiplier", 1, "matching", matching);
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "method", method))
                .with(202)
                .text("id");
        ended(run);
        return run;
    }

    private String uploaded() {
        var id = engineer.post("/v1/datasets", Map.of("name", "pictures", "format", Map.of("name", "idx")))
                .with(201)
                .text("id");
        var random = new Random(1);
        var images = ByteBuffer.allocate(16 + IMAGES * SIDE * SIDE)
                .putInt(0x803)
                .putInt(IMAGES)
                .putInt(SIDE)
                .putInt(SIDE);
        var labels = ByteBuffer.allocate(8 + IMAGES).putInt(0x801).putInt(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            labels.put((byte) (i % 2));
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                images.put((byte) (random.nextInt(128) + (i % 2 == 0 ? 0 : 100)));
            }
        }
        engineer.put("/v1/datasets/" + id + "/parts/images", images.array()).with(200);
        engineer.put("/v1/datasets/" + id + "/parts/labels", labels.array()).with(200);
        return id;
    }

    private String trained() {
        var id = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "pictures",
                                "policy",
                                "pictures",
                                "architecture",
                                Map.of(
                                        "name",
                                        "small-cnn",
                                        "channels",
                                        1,
                                        "height",
                                        SIDE,
                                        "width",
                                        SIDE,
                                        "classes",
                                        2)))
                .with(201)
                .text("id");
        var training = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                id,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.2),
                                "recipe",
                                RECIPE,
                                "seed",
                                1))
                .with(202)
                .text("id");
        assertThat(ended(training).get("state").asString()).isEqualTo("succeeded");
        return id;
    }

    private JsonNode ended(String run) {
        return await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
    }

    private String trail(String subject) {
        return officer.get("/v1/audit/entries?limit=500&subjectId=" + subject)
                .body()
                .get("items")
                .toString();
    }
}
