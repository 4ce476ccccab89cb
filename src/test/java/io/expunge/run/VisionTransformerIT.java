package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.catalog.LanguageModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A vision transformer from images to an edit by its curvature, and out and in as Hugging Face lays it out. */
class VisionTransformerIT extends HttpTest {

    private static final int IMAGES = 240;
    private static final Map<String, Object> VIT = Map.of(
            "name", "vit",
            "channels", 1,
            "imageSize", 8,
            "patchSize", 4,
            "hiddenSize", 16,
            "depth", 2,
            "heads", 2,
            "intermediateSize", 32,
            "layerNormEpsilon", 1e-6,
            "classes", 2);
    private static final String LAYER = "vit.encoder.layer.1.intermediate.dense";

    private Caller engineer;
    private Caller officer;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
    }

    @Test
    void isTrainedEditedByItsCurvatureAndCarriedAsADirectory() throws Exception {
        var manual = new HashMap<>(policy("images", List.of(Map.of("name", "exact-retraining", "seed", 5))));
        manual.put("automatic", false);
        manual.put("references", 1);
        officer.putJson("/v1/policies/images", manual).with(200);
        var dataset = dataset();
        var model = model(VIT);
        var trained = ended(engineer.post("/v1/training-runs", training(model, dataset))
                .with(202)
                .text("id"));
        assertThat(trained.get("state").asString()).as(trained.toString()).isEqualTo("succeeded");
        var version = engineer.get("/v1/models/" + model + "/versions").body().get(0);
        assertThat(version.get("metrics").get("testAccuracy").asDouble()).isGreaterThan(0.9);
        assertThat(version.get("recipe").get("optimiser").asString()).isEqualTo("ADAMW");

        goesOutAndComesInByteForByte(version.get("id").asString(), dataset);

        forgotten(
                "picture-1", "picture-2", "picture-3", "picture-4", "picture-5", "picture-6", "picture-7", "picture-8");
        var nowhere = engineer.post(
                "/v1/unlearning-runs", Map.of("modelId", model, "method", edit("vit.encoder.layer.2.output.dense")));
        assertThat(nowhere.with(422).body().toString()).contains("there is no layer", LAYER);
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "method", edit(LAYER)))
                .with(202)
                .text("id");
        var edited = ended(run);
        var trail = officer.get("/v1/audit/entries?limit=500&subjectId=" + run)
                .body()
                .get("items")
                .toString();
        assertThat(trail).as(edited.toString()).contains("run.judged", "curvature-edit");
        assertThat(dataDirectory()
                        .resolve("artifacts/curvature/" + version.get("id").asString()))
                .isNotEmptyDirectory();
        var candidate = engineer.get("/v1/models/" + model + "/versions").body().get(0);
        var before = archive(version.get("id").asString());
        var after = archive(candidate.get("id").asString());
        assertThat(after.get("config.json")).isEqualTo(before.get("config.json"));
        assertThat(after.get("model.safetensors"))
                .hasSameSizeAs(before.get("model.safetensors"))
                .isNotEqualTo(before.get("model.safetensors"));
    }

    private void goesOutAndComesInByteForByte(String version, String dataset) throws Exception {
        var files = archive(version);
        assertThat(files).containsKeys("config.json", "preprocessor_config.json", "model.safetensors");
        files.put("README.md", "A model.\n".getBytes(UTF_8));
        var imported = declared(model(VIT), dataset);
        engineer.putTar("/v1/versions/" + imported + "/weights", LanguageModels.tar(files))
                .with(200);
        var again = archive(imported);
        assertThat(again.keySet()).isEqualTo(files.keySet());
        again.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(files.get(name)));

        var deeper = new HashMap<>(VIT);
        deeper.put("depth", 3);
        var other = engineer.putTar(
                "/v1/versions/" + declared(model(deeper), dataset) + "/weights", LanguageModels.tar(files));
        assertThat(other.with(422).body().toString()).contains("config.json describes", "depth=2");
        var sharded = new TreeMap<>(files);
        sharded.put("model-1.safetensors", sharded.remove("model.safetensors"));
        sharded.put("model.safetensors.index.json", index(files.get("model.safetensors")));
        var shards = engineer.putTar(
                "/v1/versions/" + declared(model(VIT), dataset) + "/weights", LanguageModels.tar(sharded));
        assertThat(shards.with(422).body().toString()).contains("must be in one model.safetensors, not in shards");
        files.remove("config.json");
        var bare = engineer.putTar(
                "/v1/versions/" + declared(model(VIT), dataset) + "/weights", LanguageModels.tar(files));
        assertThat(bare.with(422).body().toString()).contains("config.json is missing");
    }

    @Test
    void aPatchThatDoesNotTileTheImageIsRefusedByField() {
        var wrong = new HashMap<>(VIT);
        wrong.put("patchSize", 3);
        var answer = engineer.post("/v1/models", Map.of("name", "pictures", "architecture", wrong));
        assertThat(answer.with(400).body().toString()).contains("patchSize must divide imageSize 8 but was 3");
    }

    private static Map<String, Object> edit(String layer) {
        return Map.of(
                "name", "curvature-edit",
                "layers", List.of(Map.of("layer", layer, "keptShare", 0.98)),
                "curvature",
                        Map.of("tokens", 1_000, "labels", "SAMPLED", "partTokens", 256, "seed", 1, "places", "ALL"),
                "protect", List.of(),
                "aim", "FORGET_SET");
    }

    /** Of a single shard. */
    private static byte[] index(byte[] weights) {
        var header = new String(
                weights,
                8,
                (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong(),
                UTF_8);
        var names = new TreeMap<String, String>();
        JsonMapper.shared().readTree(header).propertyNames().stream()
                .filter(name -> !name.equals("__metadata__"))
                .forEach(name -> names.put(name, "model-1.safetensors"));
        return JsonMapper.shared().writeValueAsBytes(Map.of("metadata", Map.of(), "weight_map", names));
    }

    private TreeMap<String, byte[]> archive(String version) throws Exception {
        return new TreeMap<>(LanguageModels.untar(engineer.download("/v1/versions/" + version + "/archive")));
    }

    private String model(Map<String, Object> architecture) {
        return engineer.post("/v1/models", Map.of("name", "pictures", "policy", "images", "architecture", architecture))
                .with(201)
                .text("id");
    }

    private String declared(String model, String dataset) {
        var said = new HashMap<>(training(model, dataset));
        said.remove("modelId");
        return engineer.post("/v1/models/" + model + "/versions", said)
                .with(201)
                .text("id");
    }

    private static Map<String, Object> training(String model, String dataset) {
        var recipe = Map.of(
                "epochs",
                12,
                "batchSize",
                16,
                "learningRate",
                3e-3,
                "momentum",
                0,
                "weightDecay",
                0.01,
                "schedule",
                "COSINE",
                "augment",
                false,
                "optimiser",
                "ADAMW");
        return Map.of(
                "modelId",
                model,
                "data",
                Map.of("datasetId", dataset, "testFraction", 0.2),
                "recipe",
                recipe,
                "seed",
                3);
    }

    private void forgotten(String... people) {
        var id = as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "subjects",
                                List.of(people),
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString()))
                .with(202)
                .text("id");
        await(
                () -> officer.get("/v1/erasure-requests/" + id).body(),
                body -> !List.of("received", "resolving")
                        .contains(body.get("state").asString()));
    }

    private JsonNode ended(String run) {
        return await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
    }

    /** Two classes, bright above or bright below, of three images a person. */
    private String dataset() {
        var id = engineer.post(
                        "/v1/datasets", Map.of("name", "pictures", "format", Map.of("name", "idx", "subjects", true)))
                .with(201)
                .text("id");
        var random = new Random(1);
        var images = ByteBuffer.allocate(16 + IMAGES * 64)
                .putInt(0x0803)
                .putInt(IMAGES)
                .putInt(8)
                .putInt(8);
        var labels = ByteBuffer.allocate(8 + IMAGES).putInt(0x0801).putInt(IMAGES);
        var people = new StringBuilder();
        for (int i = 0; i < IMAGES; i++) {
            int label = i % 2;
            for (int pixel = 0; pixel < 64; pixel++) {
                images.put((byte) (random.nextInt(120) + (pixel / 32 == label ? 100 : 0)));
            }
            labels.put((byte) label);
            people.append("picture-").append(i / 3).append('\n');
        }
        engineer.put("/v1/datasets/" + id + "/parts/images", images.array()).with(200);
        engineer.put("/v1/datasets/" + id + "/parts/labels", labels.array()).with(200);
        engineer.put("/v1/datasets/" + id + "/parts/subjects", people.toString().getBytes(UTF_8))
                .with(200);
        return id;
    }
}
