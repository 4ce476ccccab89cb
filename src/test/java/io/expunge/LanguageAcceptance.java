package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes TOFU's fictitious authors through a running service over HTTP: one Hugging Face directory is imported as two
 * models, the same author is to be forgotten by both, and the worker in charge of the second run is killed in its edit and
 * in its measurement.
 *
 * <p>Not part of the build; see docs/acceptance.md.
 */
@EnabledIfEnvironmentVariable(named = "EXPUNGE_DATA", matches = ".+")
class LanguageAcceptance {

    private static final int AUTHORS = Integer.getInteger("expunge.acceptance.authors", 60);
    private static final int PAIRS = 20;
    private static final String AUTHOR = "author-7";
    private static final Map<String, Object> SIZES =
            Map.of("family", "GPT2", "vocabulary", 2048, "layers", 2, "width", 256, "heads", 4, "positions", 256);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path data = Path.of(System.getenv("EXPUNGE_DATA"));
    private Path home;
    private ServedCluster cluster;
    private JdbcClient database;
    private Caller engineer;
    private Caller officer;
    private Caller intake;

    @BeforeEach
    void twoWorkers() throws Exception {
        home = Files.createDirectories(
                        Path.of("target/acceptance/" + ProcessHandle.current().pid()))
                .toAbsolutePath();
        cluster = ServedCluster.start(home, 2);
        database = cluster.database();
        var admin = cluster.admin();
        engineer = admin.create("ENGINEER");
        officer = admin.create("PRIVACY_OFFICER");
        intake = admin.create("INTAKE");
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
        FileSystemUtils.deleteRecursively(home);
    }

    @Test
    void forgetsAnAuthorWithTheSameBytesUnderKills() throws Exception {
        officer.put("/v1/policies/authors", policy());
        var dataset = dataset();
        var archive = made(dataset);
        var calm = model(archive, dataset);
        var shaken = model(archive, dataset);
        forget(dataset);

        var undisturbed = ordered(calm.model());
        judged(undisturbed);
        var disturbed = ordered(shaken.model());
        killIn(disturbed, "EDIT");
        killIn(disturbed, "MEASURE");
        judged(disturbed);
        var digest = digest(undisturbed);
        print("candidate left alone %s, under kills %s", digest, digest(disturbed));
        assertThat(digest(disturbed)).isEqualTo(digest).isNotEqualTo(digest(calm.version()));

        officer.post("/v1/runs/" + disturbed + "/approve", Map.of("reason", "acceptance"), 202);
        await(engineer, "/v1/runs/" + disturbed, "succeeded");
        var candidate =
                engineer.get("/v1/runs/" + disturbed).get("candidateVersionId").asString();
        sameLayout(shaken.version(), candidate);
        assertThat(engineer.get("/v1/models/" + shaken.model()).get("champion").asString())
                .isEqualTo(candidate);
    }

    private record Imported(String model, String version) {}

    /** TOFU's pairs come author by author. */
    private String dataset() throws IOException {
        var json = JsonMapper.builder().build();
        var lines = Files.readAllLines(data.resolve("tofu/full.json"));
        var records = IntStream.range(0, AUTHORS * PAIRS)
                .mapToObj(i -> {
                    var pair = json.readTree(lines.get(i));
                    return json.writeValueAsString(Map.of(
                            "author", "author-" + i / PAIRS,
                            "question", pair.get("question").asString(),
                            "answer", pair.get("answer").asString()));
                })
                .toList();
        var id = DrillModels.id(engineer.post(
                "/v1/datasets", Map.of("name", "tofu", "format", Map.of("name", "text", "subject", "author")), 201));
        engineer.upload("/v1/datasets/" + id + "/parts/records", Files.write(home.resolve("records.jsonl"), records));
        return id;
    }

    /** A model that learned everything, as a tar of its directory. */
    private Path made(String dataset) throws Exception {
        var model = DrillModels.id(engineer.post(
                "/v1/models",
                Map.of("name", "made", "architecture", Map.of("name", "language-model", "sizes", SIZES)),
                201));
        var order = new HashMap<>(training(dataset));
        order.put("modelId", model);
        var run = DrillModels.id(engineer.post("/v1/training-runs", order, 202));
        var ended = await(engineer, "/v1/runs/" + run, "succeeded");
        print("trained on %d pairs after %s", AUTHORS * PAIRS, took(ended));
        return download(ended.get("candidateVersionId").asString());
    }

    private Path download(String version) throws Exception {
        var target = home.resolve(version + ".tar");
        var answer = http.send(
                engineer.request("/v1/versions/" + version + "/archive").build(), BodyHandlers.ofFile(target));
        assertThat(answer.statusCode()).isEqualTo(200);
        return target;
    }

    private Imported model(Path archive, String dataset) throws Exception {
        var model = DrillModels.id(engineer.post(
                "/v1/models",
                Map.of("name", "authors", "policy", "authors", "architecture", Map.of("name", "language-model")),
                201));
        var version = DrillModels.id(engineer.post("/v1/models/" + model + "/versions", training(dataset), 201));
        var answer = http.send(
                engineer.request("/v1/versions/" + version + "/weights")
                        .header("Content-Type", "application/x-tar")
                        .PUT(BodyPublishers.ofFile(archive))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Files.mismatch(download(version), archive))
                .as("first byte that differs")
                .isEqualTo(-1);
        return new Imported(model, version);
    }

    private void forget(String dataset) {
        intake.post(
                "/v1/erasure-requests",
                Map.of(
                        "regulation",
                        "gdpr",
                        "submittedAt",
                        Instant.now().toString(),
                        "subjects",
                        List.of(AUTHOR),
                        "datasetIds",
                        List.of(dataset)),
                202);
    }

    private UUID ordered(String model) throws InterruptedException {
        Patiently.until(
                "the request's resolution",
                () -> database.sql("select count(*) from erasure_target where model_id = ? and state = 'WAITING'")
                        .param(UUID.fromString(model))
                        .query(Long.class)
                        .single(),
                waiting -> waiting == 1);
        return UUID.fromString(DrillModels.id(engineer.post("/v1/unlearning-runs", Map.of("modelId", model), 202)));
    }

    /** Once a checkpoint of the stage is there. */
    private void killIn(UUID run, String stage) throws Exception {
        Patiently.until(
                stage,
                () -> database.sql("select count(*) from run r join run_progress p on p.run_id = r.id"
                                + " where r.id = ? and r.stage = ? and r.state = 'RUNNING' and p.done > p.total / 3")
                        .params(run, stage)
                        .query(Long.class)
                        .single(),
                there -> there == 1);
        Thread.sleep(2_000);
        var worker = database.sql("select worker from run where id = ? and state = 'RUNNING'")
                .param(run)
                .query(String.class)
                .single();
        int attempt = attempt(run);
        assertThat(cluster.killWorker(worker)).isPositive();
        print("killed %s in %s", worker, stage);
        Patiently.until("another worker", () -> attempt(run), now -> now > attempt);
    }

    private int attempt(UUID run) {
        return database.sql("select attempt from run where id = ?")
                .param(run)
                .query(Integer.class)
                .single();
    }

    private void judged(UUID run) throws InterruptedException {
        var done = await(engineer, "/v1/runs/" + run, "awaiting_approval");
        var evidence = officer.get("/v1/runs/" + run + "/evidence");
        print(
                "%s by %s after %s",
                evidence.get("verdict").asString(),
                done.get("method").get("name").asString(),
                Duration.between(Instant.parse(done.get("startedAt").asString()), Instant.now()));
        evidence.get("reasons").forEach(reason -> print("    %s", reason.asString()));
        evidence.get("measurements")
                .forEach(found -> print(
                        "    %-28s before %s after %s retrained %s",
                        found.get("check").asString(),
                        figure(found, "before"),
                        figure(found, "after"),
                        figure(found, "reference")));
    }

    private static String figure(JsonNode found, String field) {
        return found.has(field)
                ? String.format(Locale.ROOT, "%8.4f", found.get(field).asDouble())
                : "       -";
    }

    /** Every file by its name, of one size but for the model card; all but the weights and it byte for byte. */
    private void sameLayout(String parent, String candidate) {
        var names = new TreeSet<String>();
        engineer.get("/v1/versions/" + candidate + "/files")
                .forEach(file -> names.add(file.get("name").asString()));
        for (var file : engineer.get("/v1/versions/" + parent + "/files")) {
            var name = file.get("name").asString();
            assertThat(names).contains(name);
            if (!name.equals("README.md")) {
                boolean same = java.util.Arrays.equals(file(parent, name), file(candidate, name));
                print("    %-24s %s", name, same ? "as before" : "edited");
                assertThat(same).as(name).isEqualTo(!name.endsWith(".safetensors"));
            }
        }
    }

    private byte[] file(String version, String name) {
        try {
            return http.send(
                            engineer.request("/v1/versions/" + version + "/files/" + name)
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String digest(UUID run) {
        return digest(engineer.get("/v1/runs/" + run).get("candidateVersionId").asString());
    }

    private String digest(String version) {
        return engineer.get("/v1/versions/" + version).get("digest").asString();
    }

    private static JsonNode await(Caller caller, String path, String state) throws InterruptedException {
        var last = Instant.now().plus(Duration.ofMinutes(40));
        while (true) {
            var found = caller.get(path);
            var now = found.get("state").asString();
            if (now.equals(state)) {
                return found;
            }
            assertThat(now).as(found.toString()).doesNotMatch("failed|cancelled|succeeded");
            assertThat(Instant.now()).as(() -> "still " + found).isBefore(last);
            Thread.sleep(500);
        }
    }

    private static Duration took(JsonNode run) {
        return Duration.between(
                Instant.parse(run.get("startedAt").asString()),
                Instant.parse(run.get("endedAt").asString()));
    }

    private static Map<String, Object> training(String dataset) {
        return Map.of(
                "data", Map.of("datasetId", dataset, "testFraction", 0.2), "textRecipe", recipe(12, 1e-3), "seed", 1);
    }

    private static Map<String, Object> recipe(int epochs, double learningRate) {
        return Map.of(
                "epochs",
                epochs,
                "batchSize",
                16,
                "learningRate",
                learningRate,
                "weightDecay",
                0.01,
                "warmup",
                0.1,
                "clip",
                1,
                "partTokens",
                16_384,
                "precision",
                "FP32");
    }

    /** NPO, then exact retraining if that is not good enough; a person approves. */
    private static Map<String, Object> policy() {
        var npo = Map.of(
                "name",
                "npo",
                "beta",
                0.02,
                "forgetWeight",
                1,
                "retention",
                Map.of("kind", "CROSS_ENTROPY", "weight", 100),
                "recipe",
                recipe(20, 1e-3),
                "seed",
                7);
        return Map.of(
                "name",
                "authors",
                "methods",
                List.of(npo, Map.of("name", "exact-retraining", "seed", 11)),
                "references",
                3,
                "approval",
                "person",
                "automatic",
                false,
                "waitSeconds",
                0);
    }

    private static void print(String text, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, text, arguments));
    }
}
