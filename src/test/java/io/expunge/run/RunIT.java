package io.expunge.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RunIT extends HttpTest {

    @Test
    void aTrainingRunPublishesAVersionAndTellsHowFarItIs() {
        var engineer = as("ENGINEER");
        var model = model(engineer);
        var run = train(engineer, model, dataset(engineer), 20).with(202);
        assertThat(run.headers().getFirst("Location")).isEqualTo("/v1/runs/" + run.text("id"));
        var ended = ended(engineer, run.text("id"));
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(ended.get("progress").get("percent").asDouble()).isPositive();
        var used = ended.get("resources");
        assertThat(used.get("device").asString()).isNotBlank();
        assertThat(used.get("memoryBytes").asLong()).isBetween(100_000_000L, 64_000_000_000L);
        assertThat(used.get("peakMemoryBytes").asLong())
                .isGreaterThanOrEqualTo(used.get("memoryBytes").asLong());
        engineer.putJson("/v1/runs/" + run.text("id") + "/priority", Map.of("priority", "high"))
                .with(409);
        var versions =
                engineer.get("/v1/models/" + model + "/versions").with(200).body();
        assertThat(versions.get(0).get("state").asString()).isEqualTo("published");
        assertThat(versions.get(0).get("metrics").get("testAccuracy").asDouble())
                .isGreaterThan(0.9);
        var events = new String(engineer.download("/v1/runs/" + run.text("id") + "/events"), UTF_8);
        assertThat(events).contains("event: run").contains("\"state\":\"succeeded\"");
    }

    @Test
    void theSameOrderGivesTheSameBytes() {
        var engineer = as("ENGINEER");
        var dataset = dataset(engineer);
        var first = digestOfTraining(engineer, dataset);
        assertThat(digestOfTraining(engineer, dataset)).isEqualTo(first);
    }

    @Test
    void aRunningTrainingIsCancelled() {
        var engineer = as("ENGINEER");
        var run = train(engineer, model(engineer), dataset(engineer), 10_000).text("id");
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> engineer.get("/v1/runs/" + run).body().has("progress"));
        engineer.post("/v1/runs/" + run + "/cancel", Map.of()).with(202);
        var ended = ended(engineer, run);
        assertThat(ended.get("state").asString()).isEqualTo("cancelled");
        assertThat(java.nio.file.Files.exists(dataDirectory().resolve("artifacts/runs/" + run)))
                .isFalse();
        engineer.post("/v1/runs/" + run + "/cancel", Map.of()).with(409);
    }

    @Test
    void aTrainingThatDivergesFailsAndSaysWhy() {
        var engineer = as("ENGINEER");
        var run = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId", model(engineer),
                                "data", Map.of("datasetId", dataset(engineer)),
                                "recipe",
                                        Map.of(
                                                "epochs",
                                                20,
                                                "batchSize",
                                                32,
                                                "learningRate",
                                                1e9,
                                                "momentum",
                                                0.9,
                                                "weightDecay",
                                                0,
                                                "schedule",
                                                "CONSTANT",
                                                "augment",
                                                false),
                                "seed", 1))
                .with(202)
                .text("id");
        var ended = ended(engineer, run);
        assertThat(ended.get("state").asString()).isEqualTo("failed");
        assertThat(ended.get("failure").asString()).isNotBlank();
    }

    @Test
    void anImpossibleRecipeIsRefusedByField() {
        var engineer = as("ENGINEER");
        var refused = engineer.post(
                "/v1/training-runs",
                Map.of(
                        "modelId", UUID.randomUUID().toString(),
                        "data", Map.of("datasetId", UUID.randomUUID().toString()),
                        "recipe",
                                Map.of(
                                        "epochs",
                                        0,
                                        "batchSize",
                                        32,
                                        "learningRate",
                                        0.1,
                                        "momentum",
                                        0.9,
                                        "weightDecay",
                                        0,
                                        "schedule",
                                        "CONSTANT",
                                        "augment",
                                        false),
                        "seed", 1));
        assertThat(refused.with(400).body().get("detail").asString()).contains("epochs");
    }

    private String digestOfTraining(Caller engineer, String dataset) {
        var model = model(engineer);
        ended(engineer, train(engineer, model, dataset, 5).text("id"));
        return engineer.get("/v1/models/" + model + "/versions")
                .body()
                .get(0)
                .get("digest")
                .asString();
    }

    private static JsonNode ended(Caller engineer, String run) {
        Callable<Boolean> over =
                () -> engineer.get("/v1/runs/" + run).with(200).body().has("endedAt");
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(over);
        return engineer.get("/v1/runs/" + run).body();
    }

    private static Answer train(Caller engineer, String model, String dataset, int epochs) {
        return engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.2),
                                "recipe",
                                Map.of(
                                        "epochs",
                                        epochs,
                                        "batchSize",
                                        32,
                                        "learningRate",
                                        0.05,
                                        "momentum",
                                        0.9,
                                        "weightDecay",
                                        1e-4,
                                        "schedule",
                                        "COSINE",
                                        "augment",
                                        false),
                                "seed",
                                7))
                .with(202);
    }

    private static String model(Caller engineer) {
        return engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "people",
                                "architecture",
                                Map.of("name", "mlp", "inputs", 2, "hidden", List.of(16), "classes", 2)))
                .with(201)
                .text("id");
    }

    private static String dataset(Caller engineer) {
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
        for (int i = 0; i < 600; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows.append("person")
                    .append(i / 3)
                    .append(',')
                    .append(a)
                    .append(',')
                    .append(b)
                    .append(',');
            rows.append(a + b > 0 ? "yes" : "no").append('\n');
        }
        engineer.put("/v1/datasets/" + id + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        return id;
    }
}
