package io.expunge.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.HttpTest;
import io.expunge.catalog.Fixtures;
import io.expunge.catalog.LanguageModels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class LanguageRunIT extends HttpTest {

    private static final Map<String, Object> FOR_CLASSIFIERS = Map.of(
            "name",
            "fine-tuning",
            "schedule",
            Map.of("epochs", 1, "batchSize", 64, "learningRate", 1e-9, "momentum", 0.0, "weightDecay", 0.0, "seed", 1));
    private static final Map<String, Object> NPO = Map.of(
            "name",
            "npo",
            "beta",
            0.1,
            "forgetWeight",
            1,
            "retention",
            Map.of("kind", "CROSS_ENTROPY", "weight", 1),
            "recipe",
            LanguageModels.recipe(2),
            "seed",
            1);

    private static final Map<String, Object> ASCENT = Map.of(
            "name",
            "language-ascent",
            "forgetWeight",
            1,
            "retention",
            Map.of("kind", "NONE", "weight", 0),
            "recipe",
            LanguageModels.recipe(60),
            "seed",
            1);

    @Autowired
    private EditScheduler worker;

    @TempDir
    private Path directory;

    @Test
    void aModelIsTrainedFromTextAloneAndTheSameSeedGivesTheSameBytes() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = LanguageModels.dataset(engineer, 20);
        var first = trained(engineer, sized(engineer), LanguageModels.training(dataset, 3));
        assertThat(first.get("metrics").get("testLoss").asDouble()).isBetween(0.0, Math.log(400));
        assertThat(first.get("textRecipe").get("epochs").asInt()).isEqualTo(3);
        var files = archive(engineer, first);
        assertThat(files.keySet())
                .containsExactly(
                        "README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        assertThat(JSON.readTree(files.get("config.json")).get("n_layer").asInt())
                .isEqualTo(2);

        var second = trained(engineer, sized(engineer), LanguageModels.training(dataset, 3));
        assertThat(second.get("digest")).isEqualTo(first.get("digest"));
        var order = LanguageModels.training(dataset, 3);
        order.put("seed", 8);
        assertThat(trained(engineer, sized(engineer), order).get("digest")).isNotEqualTo(first.get("digest"));
    }

    @Test
    void aBaseIsTunedInItsOwnLayout() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = LanguageModels.dataset(engineer, 20);
        var base = LanguageModels.files(LanguageModels.directory(directory.resolve("model")));
        var model = LanguageModels.model(engineer);
        var without = LanguageModels.training(dataset, 1);
        without.put("modelId", model);
        assertThat(refused(engineer.post("/v1/training-runs", without))).isEqualTo("baseId");

        var baseId = imported(engineer, model, base);
        var order = LanguageModels.training(dataset, 2);
        order.put("baseId", baseId);
        var tuned = trained(engineer, model, order);
        assertThat(tuned.get("baseId").asString()).isEqualTo(baseId);
        assertChanged(archive(engineer, tuned), base);

        order.put("modelId", model);
        order.put("baseId", tuned.get("id").asString());
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("baseId");
    }

    @Test
    void ordersThatNoRunCouldDoAreRefusedByField() {
        var engineer = as("ENGINEER");
        var model = sized(engineer);
        var numbers = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        var dataset = engineer.post("/v1/datasets", Map.of("name", "t", "format", Map.of("name", "text")))
                .with(201)
                .text("id");
        engineer.put(
                        "/v1/datasets/" + dataset + "/parts/records",
                        ("{\"text\":\"" + "a b c d e f ".repeat(40) + "\"}\n")
                                .repeat(3)
                                .getBytes(UTF_8))
                .with(200);
        var order = LanguageModels.training(dataset, 1);
        order.put("modelId", model);
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("data.datasetId");
        order.put("recipe", Fixtures.RECIPE);
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("recipe");
        order.remove("recipe");
        var recipe = new TreeMap<>(LanguageModels.recipe(1));
        recipe.put("warmup", 2);
        order.put("textRecipe", recipe);
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("textRecipe.warmup");
        recipe.remove("warmup");
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("textRecipe.warmup");
        order.put("textRecipe", LanguageModels.recipe(1));
        order.put("data", Map.of("datasetId", Fixtures.table(engineer)));
        assertThat(refused(engineer.post("/v1/training-runs", order))).isEqualTo("data.datasetId");
    }

    @Test
    void aPersonIsForgottenAndOnlyWeightsChange() throws Exception {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        var dataset = LanguageModels.dataset(engineer, 20);
        policy("text", List.of(FOR_CLASSIFIERS, NPO));
        var model = sized(engineer, "text");
        var parent = trained(engineer, model, LanguageModels.training(dataset, 12));
        forget(dataset, "p-0", "p-1", "p-2", "p-3", "p-4");
        assertThat(refused(officer.post("/v1/unlearning-runs", Map.of("modelId", model, "method", FOR_CLASSIFIERS))))
                .isEqualTo("method");
        var recipe = new java.util.HashMap<>(LanguageModels.recipe(2));
        recipe.put("lowRank", Map.of("rank", 4, "alpha", 8, "targetModules", List.of("nowhere")));
        var adapted = new java.util.HashMap<>(NPO);
        adapted.put("recipe", recipe);
        var answer = officer.post("/v1/unlearning-runs", Map.of("modelId", model, "method", adapted));
        assertThat(refused(answer)).isEqualTo("method");
        assertThat(answer.text("detail")).contains("lowRank.targetModules", "attn.c_attn", "nowhere");
        var training = new java.util.HashMap<>(LanguageModels.training(dataset, 1));
        training.put("textRecipe", recipe);
        training.put("modelId", model);
        answer = engineer.post("/v1/training-runs", training);
        assertThat(refused(answer)).isEqualTo("textRecipe");

        var run = unlearning(officer, model);
        var edited = await(
                () -> engineer.get("/v1/models/" + model + "/versions").body().get(0),
                version -> version.get("origin").asString().equals("unlearned"));
        assertThat(officer.get("/v1/runs/" + run)
                        .body()
                        .get("method")
                        .get("name")
                        .asString())
                .isEqualTo("npo");
        assertThat(edited.get("parentId")).isEqualTo(parent.get("id"));
        assertThat(edited.get("forgotten").asInt()).isPositive();
        assertChanged(archive(engineer, edited), archive(engineer, parent));
        var curve = engineer.get("/v1/runs/" + run + "/curves").with(200).body().get(0);
        assertThat(curve.get("label").asString()).isEqualTo("NPO");
        for (var point : curve.get("points")) {
            var terms = point.get("terms");
            assertThat(terms.get("forget").asDouble() + terms.get("retain").asDouble())
                    .isCloseTo(point.get("loss").asDouble(), within(1e-5));
        }
        // where forgetting begins the model is its own reference: (2/β) log 2
        assertThat(curve.get("points").get(0).get("terms").get("forget").asDouble())
                .isCloseTo(20 * Math.log(2), within(1e-4));
    }

    @Test
    void aTrainingThatIsHandedBackGoesOnToTheSameBytes() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = LanguageModels.dataset(engineer, 20);
        var undisturbed = trained(engineer, sized(engineer), LanguageModels.training(dataset, 60));
        var order = LanguageModels.training(dataset, 60);
        order.put("modelId", sized(engineer));
        var run = engineer.post("/v1/training-runs", order).with(202).text("id");
        var under = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                now -> now.has("progress") && now.get("progress").get("done").asInt() > 20);
        assertThat(under.get("progress").get("tokensPerSecond").asDouble()).isPositive();
        worker.stop();
        assertThat(engineer.get("/v1/runs/" + run).text("state")).isEqualTo("queued");
        worker.start();
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("attempt").asInt()).isEqualTo(2);
        var resumed =
                engineer.get("/v1/versions/" + ended.get("candidateVersionId").asString());
        assertThat(resumed.text("digest")).isEqualTo(undisturbed.get("digest").asString());
        var points = engineer.get("/v1/runs/" + run + "/curves").body().get(0).get("points");
        assertThat(points.get(0).get("step").asInt()).isLessThan(20);
        assertThat(points.get(points.size() - 1).get("step").asInt())
                .isEqualTo(ended.get("progress").get("total").asInt());
    }

    @Test
    void anEditThatIsHandedBackGoesOnToTheSameBytes() throws Exception {
        var engineer = as("ENGINEER");
        var method = new HashMap<>(NPO);
        method.put("retention", Map.of("kind", "DIVERGENCE", "weight", 1));
        method.put("recipe", LanguageModels.recipe(100));
        policy("held", List.of(method));
        var digests = new ArrayList<String>();
        for (boolean disturbed : new boolean[] {false, false, true}) {
            var dataset = LanguageModels.dataset(engineer, 20);
            var model = sized(engineer, "held");
            trained(engineer, model, LanguageModels.training(dataset, 12));
            forget(dataset, "p-0", "p-1", "p-2", "p-3", "p-4");
            var run = unlearning(engineer, model);
            if (disturbed) {
                await(
                        () -> engineer.get("/v1/runs/" + run).body(),
                        now -> now.has("progress")
                                && now.get("progress").get("done").asInt() > 20);
                worker.stop();
                worker.start();
            }
            var edited = await(
                    () -> engineer.get("/v1/models/" + model + "/versions")
                            .body()
                            .get(0),
                    version -> version.get("origin").asString().equals("unlearned"));
            digests.add(edited.get("digest").asString());
        }
        assertThat(digests.get(1)).isEqualTo(digests.get(0));
        assertThat(digests.get(2)).isEqualTo(digests.get(0));
    }

    @Test
    void aTrainingIsCancelledWithinAStep() {
        var engineer = as("ENGINEER");
        var order = LanguageModels.training(LanguageModels.dataset(engineer, 20), 5_000);
        order.put("modelId", sized(engineer));
        var run = engineer.post("/v1/training-runs", order).with(202).text("id");
        await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("progress"));
        engineer.post("/v1/runs/" + run + "/cancel", "").with(202);
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("state").asString()).isEqualTo("cancelled");
    }

    @Test
    void anEditThatCollapsesTheModelFailsAndSaysSo() {
        var engineer = as("ENGINEER");
        var dataset = LanguageModels.dataset(engineer, 20);
        policy("ascent", List.of(ASCENT));
        var model = sized(engineer, "ascent");
        var parent = trained(engineer, model, LanguageModels.training(dataset, 12));
        forget(dataset, "p-5", "p-6", "p-7", "p-8", "p-9");
        var run = unlearning(engineer, model);
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("state").asString()).isEqualTo("failed");
        assertThat(ended.get("failure").asString()).contains("the model has collapsed");
        var kept = engineer.get("/v1/models/" + model + "/versions").body();
        assertThat(kept.size()).isEqualTo(1);
        assertThat(engineer.get("/v1/models/" + model).text("champion"))
                .isEqualTo(parent.get("id").asString());
    }

    private void policy(String name, List<?> methods) {
        var body = new HashMap<String, Object>(Map.of("name", name, "methods", methods, "references", 0));
        body.putAll(Map.of("approval", "person", "automatic", true, "waitSeconds", 0));
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + name, body).with(200);
    }

    private void forget(String dataset, String... people) {
        as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                people,
                                "datasetIds",
                                List.of(dataset)))
                .with(202);
    }

    /** The run that the planner orders for the model. */
    private static String unlearning(Caller engineer, String model) {
        return await(
                        () -> engineer.get("/v1/runs?modelId=" + model)
                                .body()
                                .get("items")
                                .get(0),
                        newest -> newest.get("kind").asString().equals("unlearning"))
                .get("id")
                .asString();
    }

    /** The same files, and the same bytes in all but the weights and the card, and the same header before the weights. */
    private static void assertChanged(Map<String, byte[]> after, Map<String, byte[]> before) {
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((name, bytes) -> {
            if (name.equals("model.safetensors")) {
                int header = 8 + bytes[0] + 256 * bytes[1];
                assertThat(bytes).isNotEqualTo(before.get(name)).hasSameSizeAs(before.get(name));
                assertThat(java.util.Arrays.copyOf(bytes, header))
                        .isEqualTo(java.util.Arrays.copyOf(before.get(name), header));
            } else if (name.equals("README.md")) {
                assertThat(new String(bytes, UTF_8)).contains("Expunge");
            } else {
                assertThat(bytes).as(name).isEqualTo(before.get(name));
            }
        });
    }

    private static String refused(Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isIn(400, 422);
        return answer.body().get("errors").get(0).get("field").asString();
    }

    private static String sized(Caller engineer) {
        return sized(engineer, "default");
    }

    private static String sized(Caller engineer, String policy) {
        return engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "m",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "language-model", "sizes", LanguageModels.SIZES)))
                .with(201)
                .text("id");
    }

    private static String imported(Caller engineer, String model, Map<String, byte[]> files) throws Exception {
        var id = engineer.post("/v1/models/" + model + "/versions", Map.of())
                .with(201)
                .text("id");
        engineer.putTar("/v1/versions/" + id + "/weights", LanguageModels.tar(files))
                .with(200);
        return id;
    }

    private static Map<String, byte[]> archive(Caller engineer, JsonNode version) throws Exception {
        return LanguageModels.untar(
                engineer.download("/v1/versions/" + version.get("id").asString() + "/archive"));
    }

    /** The version that a training run published. */
    private static JsonNode trained(Caller engineer, String model, Map<String, Object> training) {
        var order = new HashMap<>(training);
        order.put("modelId", model);
        var run = engineer.post("/v1/training-runs", order).with(202).text("id");
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
        return engineer.get("/v1/versions/" + ended.get("candidateVersionId").asString())
                .with(200)
                .body();
    }

    private static JsonNode await(java.util.function.Supplier<JsonNode> look, Predicate<JsonNode> until) {
        var last = new JsonNode[1];
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> until.test(last[0] = look.get()));
        return last[0];
    }
}
