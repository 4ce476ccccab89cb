package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

class CatalogIT extends HttpTest {

    private static final Map<String, Object> TABLE = Map.of(
            "name",
            "csv",
            "columns",
            List.of(
                    Map.of("name", "person", "kind", "subject"),
                    Map.of("name", "age", "kind", "numeric"),
                    Map.of("name", "town", "kind", "categorical"),
                    Map.of("name", "label", "kind", "label")));

    @Autowired
    private SubjectIndex index;

    @Autowired
    private Pseudonyms pseudonyms;

    @Test
    void aTableBecomesRecordsClassesAndPeople() {
        var engineer = as("ENGINEER");
        var id = declare(engineer, TABLE);
        var ready = engineer.put(
                        "/v1/datasets/" + id + "/parts/rows",
                        "person,age,town,label\nann,31,Rome,yes\nbob,40,Oslo,no\nann,32,Rome,no\n,50,Oslo,yes\n"
                                .getBytes(UTF_8))
                .with(200)
                .body();
        assertThat(ready.get("state").asString()).isEqualTo("ready");
        assertThat(ready.get("records").asInt()).isEqualTo(4);
        assertThat(ready.get("subjects").asInt()).isEqualTo(2);
        assertThat(ready.get("classes").toString()).isEqualTo("[\"no\",\"yes\"]");
        assertThat(ready.get("shape").toString()).isEqualTo("[3]");

        var controller = UUID.fromString(engineer.get("/v1/whoami").with(200).text("controllerId"));
        var resolved = index.resolve(controller, List.of(pseudonyms.of(controller, " ann ")), List.of(), List.of());
        assertThat(resolved.records()).extracting(RecordRef::ordinal).containsExactly(0, 2);
        assertThat(index.resolve(controller, List.of(pseudonyms.of(controller, "Ann")), List.of(), List.of())
                        .records())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ann,31,Rome                  | line 2",
                "ann,31,Rome,yes,more         | line 2",
                "ann,old,Rome,yes             | line 2",
                "ann,NaN,Rome,yes             | line 2",
                "ann,31,Rome,                 | line 2",
            })
    void aRowThatDoesNotFitIsRefusedByItsLineAndNothingIsStored(String row, String line) {
        var engineer = as("ENGINEER");
        var id = declare(engineer, TABLE);
        var refused = engineer.put(
                        "/v1/datasets/" + id + "/parts/rows", ("person,age,town,label\n" + row + "\n").getBytes(UTF_8))
                .with(422)
                .body();
        assertThat(refused.get("errors").get(0).get("field").asString()).isEqualTo(line);
        var still = engineer.get("/v1/datasets/" + id).with(200).body();
        assertThat(still.get("state").asString()).isEqualTo("awaiting");
        assertThat(still.get("awaiting").toString()).isEqualTo("[\"rows\"]");
    }

    @Test
    void imagesAndLabelsMakeADataSetAndMustAgreeInNumber() throws Exception {
        var engineer = as("ENGINEER");
        var id = declare(engineer, Map.of("name", "idx"));
        engineer.put("/v1/datasets/" + id + "/parts/images", gzip(idxImages(5, 8)))
                .with(200);
        var refused = engineer.put("/v1/datasets/" + id + "/parts/labels", idxLabels(4));
        assertThat(refused.with(422).body().get("detail").asString()).contains("4", "5");
        var ready = engineer.put("/v1/datasets/" + id + "/parts/labels", idxLabels(5))
                .with(200)
                .body();
        assertThat(ready.get("shape").toString()).isEqualTo("[1,8,8]");
        assertThat(ready.get("records").asInt()).isEqualTo(5);
        engineer.put("/v1/datasets/" + id + "/parts/labels", idxLabels(5)).with(409);
    }

    @Test
    void anIdxFileWhoseHeaderDisagreesWithItsLengthIsRefused() throws Exception {
        var engineer = as("ENGINEER");
        var id = declare(engineer, Map.of("name", "idx"));
        var whole = idxImages(5, 8);
        engineer.put("/v1/datasets/" + id + "/parts/images", java.util.Arrays.copyOf(whole, whole.length - 1))
                .with(422);
        engineer.put("/v1/datasets/" + id + "/parts/images", java.util.Arrays.copyOf(whole, whole.length + 1))
                .with(422);
        engineer.put("/v1/datasets/" + id + "/parts/images", new byte[10]).with(422);
        engineer.put("/v1/datasets/" + id + "/parts/images", whole).with(200);
    }

    @Test
    void anArchiveThatLeadsOutOrBombsIsRefused() throws Exception {
        var engineer = as("ENGINEER");
        var id = declare(engineer, Map.of("name", "images"));
        engineer.put("/v1/datasets/" + id + "/parts/archive", zip("../cat/a.png", png(1)))
                .with(422);
        engineer.put("/v1/datasets/" + id + "/parts/archive", zip("cat/a.png", new byte[20_000_000]))
                .with(422);
        engineer.put("/v1/datasets/" + id + "/parts/archive", zip("cat/a.png", "no image".getBytes(UTF_8)))
                .with(422);
        engineer.put("/v1/datasets/" + id + "/parts/archive", "no archive at all".getBytes(UTF_8))
                .with(422);
        var ready = engineer.put("/v1/datasets/" + id + "/parts/archive", zip("cat/a.png", png(1)))
                .with(200)
                .body();
        assertThat(ready.get("shape").toString()).isEqualTo("[3,8,8]");
    }

    @Test
    void anotherControllerFindsNothing() {
        var id = declare(as("ENGINEER"), TABLE);
        ofAnotherController("ENGINEER").get("/v1/datasets/" + id).with(404);
    }

    @Test
    void theSameKeyAnswersTheSameDataSetAndAnotherPayloadIsRefused() {
        var engineer = as("ENGINEER");
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var first = engineer.post("/v1/datasets", Map.of("name", "a", "format", TABLE), key)
                .with(201);
        var again = engineer.post("/v1/datasets", Map.of("name", "a", "format", TABLE), key)
                .with(201);
        assertThat(again.text("id")).isEqualTo(first.text("id"));
        engineer.post("/v1/datasets", Map.of("name", "b", "format", TABLE), key).with(422);
    }

    @Test
    void weightsThatDoNotFitAreRefusedByTensor() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = declare(engineer, TABLE);
        engineer.put(
                        "/v1/datasets/" + dataset + "/parts/rows",
                        "person,age,town,label\nann,31,Rome,yes\nbob,40,Oslo,no\n".getBytes(UTF_8))
                .with(200);
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "m",
                                "architecture",
                                Map.of("name", "mlp", "inputs", 3, "hidden", List.of(4), "classes", 2)))
                .with(201)
                .text("id");
        var version = engineer.post(
                        "/v1/models/" + model + "/versions",
                        Map.of(
                                "data", Map.of("datasetId", dataset, "testFraction", 0.2),
                                "recipe",
                                        Map.of(
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
                                                "CONSTANT",
                                                "augment",
                                                false),
                                "seed", 1))
                .with(201)
                .text("id");
        var file = java.nio.file.Files.createTempFile("weights", ".safetensors");
        try (var wrong = io.expunge.engine.Network.initialise(new io.expunge.engine.Mlp(3, List.of(5), 2), 1)) {
            wrong.save(file);
        }
        var refused = engineer.put("/v1/versions/" + version + "/weights", java.nio.file.Files.readAllBytes(file));
        assertThat(refused.with(422).body().get("detail").asString()).contains("fc1.weight");
        try (var right = io.expunge.engine.Network.initialise(new io.expunge.engine.Mlp(3, List.of(4), 2), 1)) {
            right.save(file);
        }
        var weights = java.nio.file.Files.readAllBytes(file);
        var published = engineer.put("/v1/versions/" + version + "/weights", weights)
                .with(200)
                .body();
        assertThat(published.get("state").asString()).isEqualTo("published");
        assertThat(engineer.download("/v1/versions/" + version + "/files/model.safetensors"))
                .isEqualTo(weights);
        assertThat(engineer.get("/v1/models/" + model).text("champion")).isEqualTo(version);
        var config =
                engineer.get("/v1/versions/" + version + "/files/config.json").with(200);
        assertThat(config.body().get("classes").toString()).isEqualTo("[\"no\",\"yes\"]");
    }

    private static String declare(Caller engineer, Map<String, Object> format) {
        return engineer.post("/v1/datasets", Map.of("name", "data", "format", format))
                .with(201)
                .text("id");
    }

    private static byte[] idxImages(int count, int side) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(0x0803);
            out.writeInt(count);
            out.writeInt(side);
            out.writeInt(side);
            out.write(new byte[count * side * side]);
        }
        return bytes.toByteArray();
    }

    private static byte[] idxLabels(int count) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(0x0801);
            out.writeInt(count);
            for (int i = 0; i < count; i++) {
                out.write(i % 2);
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] plain) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String name, byte[] content) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry(name));
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] png(int seed) throws Exception {
        var image = new java.awt.image.BufferedImage(8, 8, java.awt.image.BufferedImage.TYPE_INT_RGB);
        image.setRGB(seed, seed, 0xff8800);
        var bytes = new ByteArrayOutputStream();
        javax.imageio.ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
