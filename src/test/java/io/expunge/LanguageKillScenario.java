package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.AcceptanceClient.Caller;
import io.expunge.catalog.LanguageModels;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A training and an edit of a language model, each left alone and, beside it, under {@code kill -9} of the worker in charge. */
final class LanguageKillScenario {

    private static final int TRAINING_EPOCHS = 60;
    private static final int EDIT_EPOCHS = 300;
    private static final List<String> PEOPLE = List.of("p-0", "p-1", "p-2", "p-3", "p-4");

    private final ServedCluster cluster;
    private final JdbcClient database;
    private final Random random;

    private LanguageKillScenario(ServedCluster cluster, long seed) {
        this.cluster = cluster;
        this.database = cluster.database();
        this.random = new Random(seed);
    }

    static void run(ServedCluster cluster, long seed) throws Exception {
        new LanguageKillScenario(cluster, seed).run();
    }

    private void run() throws Exception {
        var engineer = cluster.admin().create("ENGINEER");
        var officer = cluster.admin().create("PRIVACY_OFFICER");
        var intake = cluster.admin().create("INTAKE");
        officer.put("/v1/policies/kills", policy());
        var datasets = List.of(dataset(engineer), dataset(engineer));
        var models = List.of(model(engineer), model(engineer));

        var plainly = train(engineer, models.get(0), datasets.get(0));
        var training = train(engineer, models.get(1), datasets.get(1));
        killWhoeverHas(training);
        var calm = digest(plainly);
        assertThat(digest(training)).as("a training under a kill").isEqualTo(calm);

        var texts = texts(engineer);
        var undisturbed = dememorise(engineer, models.get(0), texts);
        var shaken = dememorise(engineer, models.get(1), texts);
        Patiently.until("a collection", () -> collected(shaken), done -> done >= 100);
        killWorkerOf(shaken);
        assertThat(candidate(shaken))
                .as("a collection under a kill")
                .isEqualTo(candidate(undisturbed))
                .isNotEqualTo(calm);

        var calmly = edit(intake, engineer, models.get(0), datasets.get(0));
        var edit = edit(intake, engineer, models.get(1), datasets.get(1));
        killWhoeverHas(edit);
        assertThat(digest(edit))
                .as("an edit under a kill")
                .isEqualTo(digest(calmly))
                .isNotEqualTo(calm);
    }

    /** At a random step, once a checkpoint is there. */
    private void killWhoeverHas(UUID run) throws Exception {
        long step = 100 + random.nextLong(200);
        Patiently.until("step " + step, () -> done(run), done -> done >= step);
        killWorkerOf(run);
    }

    private void killWorkerOf(UUID run) throws Exception {
        var worker = database.sql("select worker from run where id = ? and state = 'RUNNING'")
                .param(run)
                .query(String.class)
                .single();
        assertThat(cluster.killWorker(worker)).isPositive();
        Patiently.until("another worker", () -> attempt(run), attempt -> attempt == 2);
    }

    private long done(UUID run) {
        return database.sql("select coalesce(max(done), 0) from run_progress where run_id = ?")
                .param(run)
                .query(Long.class)
                .single();
    }

    /** Steps of the collection of curvature that are behind. */
    private long collected(UUID run) {
        return database.sql(
                        "select coalesce(max(done), 0) from run_progress where run_id = ? and stage like 'curvature%'")
                .param(run)
                .query(Long.class)
                .single();
    }

    private int attempt(UUID run) {
        return database.sql("select attempt from run where id = ?")
                .param(run)
                .query(Integer.class)
                .single();
    }

    /** Of the first version that the run makes. */
    private String digest(UUID run) throws Exception {
        return Patiently.until(
                        "a version",
                        () -> database.sql("select encode(digest, 'hex') from version where run_id = ? order by number")
                                .param(run)
                                .query(String.class)
                                .list(),
                        made -> !made.isEmpty())
                .getFirst();
    }

    /** Of the version that the run proposes. */
    private String candidate(UUID run) throws Exception {
        Patiently.until(
                "a candidate",
                () -> database.sql("select state from run where id = ?")
                        .param(run)
                        .query(String.class)
                        .single(),
                state -> List.of("AWAITING_APPROVAL", "FAILED", "SUCCEEDED").contains(state));
        return digest(run);
    }

    /** So many texts that collecting curvature over them takes a while. */
    private String texts(Caller engineer) throws Exception {
        var id = DrillModels.id(
                engineer.post("/v1/datasets", Map.of("name", "texts", "format", Map.of("name", "text")), 201));
        var lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append("{\"text\":\"Client ").append(i).append(" lives in Bergen and is a baker.\"}\n");
        }
        engineer.upload(
                "/v1/datasets/" + id + "/parts/records",
                Files.writeString(cluster.home().resolve(id + ".jsonl"), lines));
        return id;
    }

    private static UUID dememorise(Caller engineer, String model, String texts) {
        var layer = Map.of("layer", "transformer.h.1.mlp.c_fc", "keptShare", 0.5);
        var method = Map.of(
                "name",
                "curvature-edit",
                "layers",
                List.of(layer),
                "curvature",
                Map.of("datasetId", texts, "tokens", 1_000_000, "labels", "SAMPLED", "partTokens", 16, "seed", 1),
                "protect",
                List.of(),
                "aim",
                "MEMORISATION");
        var mining = Map.of("prefix", 12, "suffix", 3, "most", 50);
        return UUID.fromString(DrillModels.id(engineer.post(
                "/v1/dememorisation-runs",
                Map.of("modelId", model, "method", method, "mining", mining, "policy", "kills"),
                202)));
    }

    private String dataset(Caller engineer) throws Exception {
        var id = DrillModels.id(engineer.post(
                "/v1/datasets", Map.of("name", "people", "format", Map.of("name", "text", "subject", "person")), 201));
        var file = Files.writeString(cluster.home().resolve(id + ".jsonl"), LanguageModels.questions(40));
        engineer.upload("/v1/datasets/" + id + "/parts/records", file);
        return id;
    }

    private static String model(Caller engineer) {
        return DrillModels.id(engineer.post(
                "/v1/models",
                Map.of(
                        "name",
                        "people",
                        "policy",
                        "kills",
                        "architecture",
                        Map.of("name", "language-model", "sizes", LanguageModels.SIZES)),
                201));
    }

    private static UUID train(Caller engineer, String model, String dataset) {
        var order = new HashMap<>(LanguageModels.training(dataset, TRAINING_EPOCHS));
        order.put("modelId", model);
        return UUID.fromString(DrillModels.id(engineer.post("/v1/training-runs", order, 202)));
    }

    private UUID edit(Caller intake, Caller engineer, String model, String dataset) throws Exception {
        Patiently.until(
                "the training's end",
                () -> database.sql("select count(*) from model where id = ? and champion_id is not null")
                        .param(UUID.fromString(model))
                        .query(Long.class)
                        .single(),
                champions -> champions == 1);
        intake.post(
                "/v1/erasure-requests",
                Map.of(
                        "regulation",
                        "gdpr",
                        "submittedAt",
                        Instant.now().toString(),
                        "subjects",
                        PEOPLE,
                        "datasetIds",
                        List.of(dataset)),
                202);
        Patiently.until(
                "the request's resolution",
                () -> database.sql("select count(*) from erasure_target where model_id = ? and state = 'WAITING'")
                        .param(UUID.fromString(model))
                        .query(Long.class)
                        .single(),
                waiting -> waiting == 1);
        return UUID.fromString(DrillModels.id(engineer.post("/v1/unlearning-runs", Map.of("modelId", model), 202)));
    }

    private static Map<String, Object> policy() {
        return Map.of(
                "name",
                "kills",
                "methods",
                List.of(Map.of(
                        "name",
                        "npo",
                        "beta",
                        0.1,
                        "forgetWeight",
                        1,
                        "retention",
                        Map.of("kind", "DIVERGENCE", "weight", 1),
                        "recipe",
                        LanguageModels.recipe(EDIT_EPOCHS),
                        "seed",
                        1)),
                "references",
                0,
                "approval",
                "person",
                "automatic",
                false,
                "waitSeconds",
                0);
    }
}
