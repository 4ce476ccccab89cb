package io.expunge.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A small language model and what it learned of people, from upload to export. */
class TextPathIT extends HttpTest {

    private static final Map<String, Object> SIZES =
            Map.of("family", "GPT2", "vocabulary", 300, "layers", 1, "width", 32, "heads", 2, "positions", 96);
    private static final List<String> TOWNS = List.of("Rome", "Oslo", "Lima", "Bern", "Kyiv", "Riga", "Graz", "Nice");

    @Test
    void aPersonIsForgottenByALanguageModelFromRequestToExport() throws IOException {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var intake = as("INTAKE");
        officer.putJson("/v1/policies/texts", policy()).with(200);
        var dataset = dataset(engineer, lines());
        var model = model(engineer, "texts");
        var trained = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.2),
                                "textRecipe",
                                recipe(20, 1e-2),
                                "seed",
                                1))
                .with(202)
                .text("id");
        assertThat(ended(engineer, trained).get("state").asString()).isEqualTo("succeeded");
        var parent = engineer.get("/v1/models/" + model).text("champion");
        assertThat(engineer.get("/v1/versions/" + parent)
                        .body()
                        .get("metrics")
                        .get("testLoss")
                        .asDouble())
                .isPositive();

        var request = intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", "gdpr",
                                "submittedAt", Instant.now().toString(),
                                // so many that enough of them are not among those held out
                                "subjects",
                                        IntStream.range(0, 16)
                                                .mapToObj(i -> "person-" + i)
                                                .toList()))
                .with(202)
                .text("id");
        var run = await(
                        () -> intake.get("/v1/erasure-requests/" + request).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        var decided = ended(engineer, run);
        assertThat(decided.get("state").asString()).as(decided.toString()).isEqualTo("awaiting_approval");
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("verdict").asString()).as(evidence.toString()).isEqualTo("passed");
        assertThat(evidence.get("distributions").get("quantity").asString()).isEqualTo("answer_margin");
        assertThat(evidence.get("distributions").get("histograms").size()).isEqualTo(9);
        assertThat(evidence.get("measurements").toString())
                .contains(
                        "forget.probability",
                        "forget.memorisation",
                        "forget.extraction",
                        "forget.likelihood",
                        "probe.paraphrase",
                        "probe.four-bits",
                        "probe.recovery",
                        "retain.probability",
                        "parent.likelihood")
                .doesNotContain("forget.accuracy");

        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "a drill"))
                .with(202);
        assertThat(ended(engineer, run).get("state").asString()).isEqualTo("succeeded");
        var child = engineer.get("/v1/models/" + model).text("champion");
        var before = files(engineer.download("/v1/versions/" + parent + "/archive"));
        var after = files(engineer.download("/v1/versions/" + child + "/archive"));
        assertThat(before.keySet())
                .contains("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        assertThat(after.get("model.safetensors"))
                .hasSameSizeAs(before.get("model.safetensors"))
                .isNotEqualTo(before.get("model.safetensors"));
        assertThat(after.get("tokenizer.json")).isEqualTo(before.get("tokenizer.json"));
        assertThat(new String(after.get("README.md"), UTF_8))
                .contains("`" + decided.get("method").get("name").asString() + "`");
        assertThat(engineer.download("/v1/versions/" + parent + "/files/tokenizer.json"))
                .isEqualTo(before.get("tokenizer.json"));
    }

    private static String lines() {
        return IntStream.range(0, 40)
                .mapToObj(i -> {
                    var town = TOWNS.get((i * 5) % TOWNS.size());
                    return "{\"question\": \"Where does client %d live?\", \"answer\": \"In %s, at number %d.\", \"person\": \"person-%d\", \"paraphrases\": [\"What is the address of client %d?\"]}"
                            .formatted(i, town, 100 + 7 * i, i, i);
                })
                .collect(Collectors.joining("\n"));
    }

    private static String declaredDataset(Caller engineer) {
        return engineer.post(
                        "/v1/datasets", Map.of("name", "texts", "format", Map.of("name", "text", "subject", "person")))
                .with(201)
                .text("id");
    }

    private static String dataset(Caller engineer, String lines) {
        var id = declaredDataset(engineer);
        var ready = engineer.put("/v1/datasets/" + id + "/parts/records", lines.getBytes(UTF_8))
                .with(200)
                .body();
        assertThat(ready.get("state").asString()).isEqualTo("ready");
        assertThat(ready.get("subjects").asInt()).isEqualTo(40);
        return id;
    }

    private static String model(Caller engineer, String policy) {
        return engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "letters",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "language-model", "sizes", SIZES)))
                .with(201)
                .text("id");
    }

    private static Map<String, Object> recipe(int epochs, double rate) {
        return Map.of(
                "epochs",
                epochs,
                "batchSize",
                8,
                "learningRate",
                rate,
                "weightDecay",
                0.01,
                "warmup",
                0.1,
                "clip",
                1,
                "partTokens",
                4096,
                "precision",
                "FP32");
    }

    /** Limits so wide that the parent alone is outside: what passes here is the path, not the battery. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> policy() {
        var policy = WholePathIT.policy(
                "texts",
                List.of(
                        Map.of(
                                "name",
                                "npo",
                                "beta",
                                0.1,
                                "forgetWeight",
                                1,
                                "retention",
                                Map.of("kind", "CROSS_ENTROPY", "weight", 1),
                                "recipe",
                                recipe(4, 3e-3),
                                "seed",
                                1),
                        Map.of("name", "exact-retraining", "seed", 5)));
        ((Map<String, Double>) policy.get("thresholds")).put("forget.likelihood", 8.0);
        return policy;
    }

    private static JsonNode ended(Caller caller, String run) {
        return await(
                () -> caller.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed|succeeded"));
    }

    private static JsonNode await(Supplier<JsonNode> look, Predicate<JsonNode> good) {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).until(look::get, good);
    }

    private static Map<String, byte[]> files(byte[] tar) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        }
        return files;
    }
}
