package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelDirectoryIT extends HttpTest {

    private static Map<String, byte[]> whole;

    @BeforeAll
    static void aModel(@TempDir Path directory) throws Exception {
        whole = LanguageModels.files(LanguageModels.directory(directory.resolve("model")));
    }

    @Test
    void aDirectoryThatCameInGoesOutByteForByte() throws Exception {
        var engineer = as("ENGINEER");
        var model = LanguageModels.model(engineer);
        var version = declare(engineer, model, Map.of());
        var imported = engineer.putTar("/v1/versions/" + version + "/weights", LanguageModels.tar(whole))
                .with(200)
                .body();
        assertThat(imported.get("state").asString()).isEqualTo("published");
        assertThat(imported.has("data")).isFalse();

        assertEqual(LanguageModels.untar(engineer.download("/v1/versions/" + version + "/archive")), whole);
        for (var name : List.of("config.json", "tokenizer.json", "model.safetensors", "README.md")) {
            assertThat(engineer.download("/v1/versions/" + version + "/files/" + name))
                    .isEqualTo(whole.get(name));
        }
        var listed =
                engineer.get("/v1/versions/" + version + "/files").with(200).body();
        assertThat(listed.size()).isEqualTo(whole.size());
        assertThat(listed.get(0).get("name").asString()).isEqualTo("README.md");
        assertThat(listed.get(0).get("bytes").asInt()).isEqualTo(3);

        engineer.get("/v1/versions/" + version + "/files/..%2f..%2fpseudonym.key")
                .with(400);
        engineer.get("/v1/versions/" + version + "/files/absent.json").with(404);
        engineer.putTar("/v1/versions/" + version + "/weights", LanguageModels.tar(whole))
                .with(409);
        ofAnotherController("ENGINEER")
                .get("/v1/versions/" + version + "/archive")
                .with(404);
        as("INTAKE").get("/v1/versions/" + version + "/archive").with(403);
    }

    @Test
    void namesMayBeginWithADot() throws Exception {
        var engineer = as("ENGINEER");
        var version = declare(engineer, LanguageModels.model(engineer), Map.of());
        var dotted = new TreeMap<String, byte[]>();
        whole.forEach((name, bytes) -> dotted.put("./" + name, bytes));
        engineer.putTar("/v1/versions/" + version + "/weights", LanguageModels.tar(dotted))
                .with(200);
        assertEqual(LanguageModels.untar(engineer.download("/v1/versions/" + version + "/archive")), whole);
    }

    /**
     * Something that no model is made of.
     *
     * @param named what the answer must name
     */
    record Bad(String what, Consumer<Map<String, byte[]>> change, String named) {

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Bad> directories() {
        return Stream.of(
                new Bad("no config", files -> files.remove("config.json"), "config.json is missing"),
                new Bad("no tokenizer", files -> files.remove("tokenizer.json"), "tokenizer.json is missing"),
                new Bad("no weights", files -> files.remove("model.safetensors"), "neither model.safetensors"),
                new Bad("a config that is no JSON", files -> put(files, "config.json", "{"), "config.json"),
                new Bad(
                        "an unknown architecture",
                        files -> replace(files, "config.json", "gpt2", "mamba"),
                        "model_type must be one of gpt2, llama, qwen2, olmo2, gpt_neox but is mamba"),
                new Bad(
                        "another width",
                        files -> replace(files, "config.json", "\"n_embd\": 32", "\"n_embd\": 64"),
                        "must have the shape"),
                new Bad(
                        "one block more",
                        files -> replace(files, "config.json", "\"n_layer\": 2", "\"n_layer\": 3"),
                        "tensor transformer.h.2"),
                new Bad(
                        "one block fewer",
                        files -> replace(files, "config.json", "\"n_layer\": 2", "\"n_layer\": 1"),
                        "tensor transformer.h.1"),
                new Bad(
                        "a tokenizer with more tokens than the embedding has rows",
                        files -> replace(files, "tokenizer.json", "\"!\": 0", "\"!\": 100000"),
                        "tokenizer.json gives token"),
                new Bad(
                        "a truncated file",
                        files -> files.compute(
                                "model.safetensors", (name, bytes) -> Arrays.copyOf(bytes, bytes.length - 4)),
                        "model.safetensors"),
                new Bad(
                        "a header that lies about its length",
                        files -> files.compute("model.safetensors", (name, bytes) -> lying(bytes)),
                        "impossible length"),
                new Bad(
                        "a weight that is not a number",
                        files -> files.compute("model.safetensors", (name, bytes) -> nan(bytes)),
                        "not a finite number"),
                new Bad("a pickle", files -> put(files, "pytorch_model.bin", "x"), "pytorch_model.bin is a pickle"),
                new Bad(
                        "a pickle under another name",
                        files -> files.put("notes.txt", new byte[] {(byte) 0x80, 4, '.', 0}),
                        "notes.txt is a pickle"),
                new Bad("other weights", files -> put(files, "model.gguf", "x"), "model.gguf"),
                new Bad("a way out", files -> put(files, "a/../../x.json", "{}"), "leads out of the archive"),
                new Bad("an absolute name", files -> put(files, "/x.json", "{}"), "entry"),
                new Bad("a name with a backslash", files -> put(files, "a\\x.json", "{}"), "leads out"),
                new Bad("a name with a line break", files -> put(files, "a\nb", "{}"), "entry"),
                new Bad("a file twice", files -> put(files, "./config.json", "{}"), "config.json, which came before"),
                new Bad("a file within a file", files -> put(files, "config.json/x", "{}"), "lies in a file"),
                new Bad("nothing", Map::clear, "weights"));
    }

    @ParameterizedTest
    @MethodSource("directories")
    void whatNoModelIsMadeOfIsRefusedByNameAndNothingIsStored(Bad bad) throws Exception {
        var files = new TreeMap<>(whole);
        bad.change().accept(files);
        refused(LanguageModels.tar(files), bad.named());
    }

    static Stream<Byte> types() {
        return Stream.of(
                TarArchiveEntry.LF_SYMLINK, TarArchiveEntry.LF_LINK, TarArchiveEntry.LF_CHR, TarArchiveEntry.LF_FIFO);
    }

    @ParameterizedTest
    @MethodSource("types")
    void linksAndDevicesAreRefused(byte type) throws Exception {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry("config.json", type, true);
            entry.setLinkName("/etc/passwd");
            out.putArchiveEntry(entry);
            out.closeArchiveEntry();
        }
        refused(bytes.toByteArray(), "link or a device");
    }

    @Test
    void anArchiveThatIsCutShortIsRefused() throws Exception {
        var archive = LanguageModels.tar(whole);
        refused(Arrays.copyOf(archive, archive.length / 2), "truncated");
        refused("no archive at all".getBytes(UTF_8), "weights");
    }

    @Test
    void aModelOfDeclaredSizesTakesNoOther() throws Exception {
        var engineer = as("ENGINEER");
        var sizes = new TreeMap<>(LanguageModels.SIZES);
        sizes.put("layers", 3);
        var model = engineer.post(
                        "/v1/models",
                        Map.of("name", "m", "architecture", Map.of("name", "language-model", "sizes", sizes)))
                .with(201)
                .text("id");
        var version = declare(engineer, model, Map.of());
        assertThat(engineer.putTar("/v1/versions/" + version + "/weights", LanguageModels.tar(whole))
                        .with(422)
                        .body()
                        .get("detail")
                        .asString())
                .contains("2 for layers but the model was declared with 3");
    }

    @Test
    void aRecordThatTheContextDoesNotHoldIsRefusedByItsNumber() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = engineer.post("/v1/datasets", Map.of("name", "t", "format", Map.of("name", "text")))
                .with(201)
                .text("id");
        engineer.put(
                        "/v1/datasets/" + dataset + "/parts/records",
                        ("{\"text\":\"short\"}\n{\"text\":\"" + "lang ".repeat(80) + "\"}\n").getBytes(UTF_8))
                .with(200);
        var model = LanguageModels.model(engineer);
        var version = declare(engineer, model, LanguageModels.training(dataset, 1));
        var refused = engineer.putTar("/v1/versions/" + version + "/weights", LanguageModels.tar(whole))
                .with(422)
                .body();
        assertThat(refused.get("errors").get(0).get("field").asString()).isEqualTo("data.datasetId");
        assertThat(refused.get("detail").asString()).contains("number 1", "context holds 64");
    }

    @Test
    void recipesAndBasesThatDoNotFitAreRefusedByField() throws Exception {
        var engineer = as("ENGINEER");
        var model = LanguageModels.model(engineer);
        var dataset = LanguageModels.dataset(engineer, 6);
        var table = Fixtures.table(engineer);
        assertThat(field(engineer, model, Map.of("seed", 1))).isEqualTo("data");
        assertThat(field(engineer, model, Map.of("data", Map.of("datasetId", dataset), "seed", 1)))
                .isEqualTo("textRecipe");
        assertThat(field(
                        engineer,
                        model,
                        Map.of("data", Map.of("datasetId", dataset), "recipe", Fixtures.RECIPE, "seed", 1)))
                .isEqualTo("textRecipe");
        assertThat(field(engineer, model, LanguageModels.training(table, 1))).isEqualTo("data.datasetId");
        var based = LanguageModels.training(dataset, 1);
        based.put("baseId", java.util.UUID.randomUUID().toString());
        assertThat(field(engineer, model, based)).isEqualTo("baseId");
        var classifier = engineer.post("/v1/models", Fixtures.MODEL).with(201).text("id");
        assertThat(field(engineer, classifier, LanguageModels.training(table, 1)))
                .isEqualTo("recipe");
        assertThat(field(
                        engineer,
                        classifier,
                        Map.of("data", Map.of("datasetId", dataset), "recipe", Fixtures.RECIPE, "seed", 1)))
                .isEqualTo("data.datasetId");
    }

    private static String field(Caller engineer, String model, Map<String, ?> declared) {
        var answer = engineer.post("/v1/models/" + model + "/versions", declared);
        assertThat(answer.status()).as(answer.body().toString()).isIn(400, 422);
        return answer.body().get("errors").get(0).get("field").asString();
    }

    private void refused(byte[] archive, String named) throws Exception {
        var engineer = as("ENGINEER");
        var version = declare(engineer, LanguageModels.model(engineer), Map.of());
        var before = stored();
        var answer = engineer.putTar("/v1/versions/" + version + "/weights", archive);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(422);
        assertThat(answer.body().get("detail").asString()).contains(named).doesNotContain("Exception", "/artifacts/");
        assertThat(answer.body().get("errors").get(0).get("field").asString()).isNotEmpty();
        assertThat(stored()).isEqualTo(before);
        assertThat(engineer.get("/v1/versions/" + version).text("state")).isEqualTo("awaiting_weights");
    }

    private List<Path> stored() throws Exception {
        try (var files = Files.walk(dataDirectory().resolve("artifacts"))) {
            return files.sorted().toList();
        }
    }

    private static String declare(Caller engineer, String model, Map<String, ?> declared) {
        return engineer.post("/v1/models/" + model + "/versions", declared)
                .with(201)
                .text("id");
    }

    private static void assertEqual(Map<String, byte[]> files, Map<String, byte[]> expected) {
        assertThat(files.keySet()).isEqualTo(expected.keySet());
        files.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
    }

    private static void put(Map<String, byte[]> files, String name, String text) {
        files.put(name, text.getBytes(UTF_8));
    }

    private static void replace(Map<String, byte[]> files, String name, String from, String to) {
        var before = new String(files.get(name), UTF_8);
        assertThat(before).contains(from);
        put(files, name, before.replace(from, to));
    }

    private static byte[] lying(byte[] bytes) {
        var copy = bytes.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length * 2L);
        return copy;
    }

    private static byte[] nan(byte[] bytes) {
        var copy = bytes.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        return copy;
    }
}
