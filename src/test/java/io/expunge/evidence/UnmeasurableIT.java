package io.expunge.evidence;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What nothing can be measured of. */
class UnmeasurableIT extends HttpTest {

    @Test
    void aVersionWithoutHeldOutRecordsFailsOnceAndSaysWhatToDo() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var name = "few-" + System.nanoTime();
        var few = policy(name, List.of(Map.of("name", "exact-retraining", "seed", 5)));
        officer.putJson("/v1/policies/" + name, few).with(200);
        var columns = List.of(
                Map.of("name", "person", "kind", "subject"),
                Map.of("name", "a", "kind", "numeric"),
                Map.of("name", "label", "kind", "label"));
        var dataset = engineer.post(
                        "/v1/datasets", Map.of("name", "few", "format", Map.of("name", "csv", "columns", columns)))
                .with(201)
                .text("id");
        var rows = new StringBuilder("person,a,label\n");
        for (int i = 0; i < 40; i++) {
            rows.append("unmeasurable-").append(i % 2).append(',').append(i).append(i < 20 ? ",no\n" : ",yes\n");
        }
        engineer.put("/v1/datasets/" + dataset + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "few",
                                "policy",
                                name,
                                "architecture",
                                Map.of("name", "mlp", "inputs", 1, "hidden", List.of(4), "classes", 2)))
                .with(201)
                .text("id");
        var recipe = Map.of(
                "epochs",
                1,
                "batchSize",
                8,
                "learningRate",
                0.1,
                "momentum",
                0.9,
                "weightDecay",
                0,
                "schedule",
                "COSINE",
                "augment",
                false);
        var training = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.05),
                                "recipe",
                                recipe,
                                "seed",
                                1))
                .with(202)
                .text("id");
        await(() -> engineer.get("/v1/runs/" + training).body(), body -> body.has("endedAt"));
        var request = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                List.of("unmeasurable-1")))
                .with(202)
                .text("id");
        var run = await(
                        () -> officer.get("/v1/erasure-requests/" + request).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), body -> body.has("endedAt"));
        assertThat(ended.get("state").asString()).isEqualTo("failed");
        assertThat(ended.get("failure").asString()).contains("no held-out records", "testFraction", "testDatasetId");
        assertThat(ended.get("attempt").asInt()).isEqualTo(1);
    }
}
