package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.HttpTest;
import io.expunge.catalog.Artifacts;
import io.expunge.catalog.TrainingSets;
import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.engine.SmallCnn;
import io.expunge.engine.Trainer;
import io.expunge.influence.HalfDraw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

@TestPropertySource(properties = {"expunge.run.back-off=100ms", "expunge.ensemble.disk-budget=20MB"})
class EnsembleIT extends HttpTest {

    private static final int RECORDS_OF_A_PERSON = 20;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private List<LightTask> tasks;

    @Autowired
    private Ensembles ensembles;

    @Autowired
    private TrainingSets sets;

    @Autowired
    private Artifacts artifacts;

    private Caller engineer;
    private Caller officer;
    private Caller intake;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
        intake = as("INTAKE");
        for (var automatic : List.of(true, false)) {
            var name = automatic ? "swift" : "idle";
            var policy = new HashMap<>(policy(name, List.of(Map.of("name", "exact-retraining", "seed", 5))));
            policy.put("automatic", automatic);
            policy.put("references", 1);
            if (officer.get("/v1/policies/" + name).status() != 200) {
                officer.putJson("/v1/policies/" + name, policy).with(200);
            }
        }
    }

    @Test
    void everyMemberLearnsFromItsPartAndSaysWhatThePlainTrainerWouldHaveItSay() {
        var model = trainedModel(engineer, "idle", "e-");
        var version = UUID.fromString(champion(model));
        var id = ordered(model, "halves", 60, 4);
        assertThat(ensembles.newest(version, EnsembleKind.HALVES, List.of())).isEmpty();
        succeeded(id);

        var ensemble = engineer.get("/v1/ensembles/" + id).with(200).body();
        assertThat(ensemble.get("versionId").asString()).isEqualTo(version.toString());
        assertThat(ensemble.get("present").asInt()).isEqualTo(60);
        assertThat(ensemble.get("reused").asInt()).isZero();
        assertThat(ensemble.get("knowingForgotten").asInt()).isZero();
        assertThat(ensemble.get("state").asString()).isEqualTo("succeeded");
        assertThat(ensemble.get("membersPerMinute").asDouble()).isPositive();
        assertThat(ensemble.get("bytes").asLong()).isEqualTo(bytesOf(id));
        var listed =
                officer.get("/v1/ensembles?modelId=" + model).with(200).body().get("items");
        assertThat(listed.valueStream().toList()).containsExactly(ensemble);
        assertThat(officer.get("/v1/ensembles?modelId=" + UUID.randomUUID())
                        .with(200)
                        .body()
                        .get("items"))
                .isEmpty();

        assertThat(trail(id)).contains("run.shared", "run.members-trained", "run.gathered", "run.succeeded");
        var progress = engineer.get("/v1/runs/" + id).body().get("progress");
        assertThat(progress.get("done").asInt()).isEqualTo(60);
        assertThat(progress.get("total").asInt()).isEqualTo(60);
        assertThat(progress.get("rate").asDouble()).isPositive();
        assertThat(new String(engineer.download("/v1/runs/" + id + "/events"), UTF_8))
                .contains("\"kind\":\"ensemble\"");

        var found = ensembles.newest(version, EnsembleKind.HALVES, List.of()).orElseThrow();
        assertThat(found.id()).hasToString(id);
        var learned = sets.learned(version);
        var members = ensembles.members(found.id()).toList();
        assertThat(members).extracting(EnsembleMember::number).containsExactlyElementsOf(numbers(60));
        for (int number : new int[] {7, 55}) {
            var member = members.get(number);
            var stream = Seeds.derive(4, 1);
            assertThat(member.rows())
                    .isEqualTo(HalfDraw.rows(learned.train().size(), Seeds.derive(Seeds.derive(stream, 0), number)));
            assertThat(member.logits().train()).hasDimensions(learned.train().size(), 2);
            var recipe = new Recipe(15, 64, 0.1, 0.9, 1e-4, Recipe.Schedule.COSINE, false);
            try (var alone = Trainer.train(
                    new Mlp(2, List.of(32), 2),
                    recipe,
                    learned.train().subset(member.rows()),
                    Seeds.derive(Seeds.derive(stream, 1), number),
                    Monitor.NONE)) {
                close(member.logits().train(), alone.logits(learned.train()));
                close(member.logits().test(), alone.logits(learned.test()));
            }
        }
    }

    private static void close(float[][] one, float[][] other) {
        assertThat(one.length).isEqualTo(other.length);
        for (int i = 0; i < one.length; i++) {
            assertThat(one[i]).containsExactly(other[i], within(5e-3f));
        }
    }

    @Test
    void whatExistsIsNotTrainedAgain() {
        var model = trainedModel(engineer, "idle", "again-");
        var first = ordered(model, "halves", 12, 9);
        succeeded(first);
        var before = files(first);
        var same = ordered(model, "halves", 12, 9);
        succeeded(same);
        assertThat(ensemble(same, "reused")).isEqualTo(12);
        assertThat(engineer.get("/v1/ensembles/" + same).body().has("membersPerMinute"))
                .isFalse();
        var larger = ordered(model, "halves", 70, 9);
        succeeded(larger);
        assertThat(ensemble(larger, "present")).isEqualTo(70);
        assertThat(ensemble(larger, "reused")).isEqualTo(12);
        assertThat(files(larger)).containsAll(before).hasSize(70);
        var otherwise = ordered(model, "halves", 12, 10);
        succeeded(otherwise);
        assertThat(ensemble(otherwise, "reused")).isZero();
        assertThat(files(otherwise)).doesNotContainAnyElementsOf(files(larger));

        engineer.delete("/v1/ensembles/" + first).with(204);
        engineer.get("/v1/ensembles/" + first).with(404);
        assertThat(before).as("two other ensembles have them").allMatch(Files::exists);
        engineer.delete("/v1/ensembles/" + same).with(204);
        var all = files(larger);
        engineer.delete("/v1/ensembles/" + larger).with(204);
        assertThat(all).noneMatch(Files::exists);
        assertThat(trail(larger)).contains("ensemble.condemned", "ensemble.erased", "\"members\":70");
        assertThat(files(otherwise)).hasSize(12).allMatch(Files::exists);
    }

    @Test
    void aMemberWhoseFileIsLostIsTrainedAgain() throws Exception {
        var model = trainedModel(engineer, "idle", "lost-");
        var first = ordered(model, "originals", 3, 1);
        succeeded(first);
        var lost = files(first).iterator().next();
        Files.delete(lost);
        var second = ordered(model, "originals", 3, 1);
        succeeded(second);
        assertThat(ensemble(second, "reused")).isEqualTo(2);
        assertThat(lost).exists();
        var rows = ensembles
                .members(UUID.fromString(second))
                .map(EnsembleMember::rows)
                .toList();
        assertThat(rows).allMatch(row -> row.length == sets.ordinals(UUID.fromString(champion(model))).length);
    }

    @Test
    void otherNetworksAreTrainedOneByOneAndSayExactlyWhatThePlainTrainerHasThemSay() {
        var dataset = engineer.post("/v1/datasets", Map.of("name", "d", "format", Map.of("name", "idx")))
                .with(201)
                .text("id");
        var random = new java.util.Random(1);
        var images = java.nio.ByteBuffer.allocate(16 + 60 * 64)
                .putInt(0x803)
                .putInt(60)
                .putInt(8)
                .putInt(8);
        var labels = java.nio.ByteBuffer.allocate(8 + 60).putInt(0x801).putInt(60);
        for (int i = 0; i < 60; i++) {
            labels.put((byte) (i % 2));
            for (int pixel = 0; pixel < 64; pixel++) {
                images.put((byte) (random.nextInt(128) + (i % 2 == 0 ? 0 : 100)));
            }
        }
        engineer.put("/v1/datasets/" + dataset + "/parts/images", images.array())
                .with(200);
        engineer.put("/v1/datasets/" + dataset + "/parts/labels", labels.array())
                .with(200);
        var model = untrained(Map.of("name", "small-cnn", "channels", 1, "height", 8, "width", 8, "classes", 2));
        var recipe = new Recipe(2, 16, 0.05, 0.9, 0, Recipe.Schedule.CONSTANT, true);
        var training = Map.of(
                "modelId",
                model,
                "data",
                Map.of("datasetId", dataset),
                "recipe",
                JSON.convertValue(recipe, Map.class),
                "seed",
                1);
        succeeded(engineer.post("/v1/training-runs", training).with(202).text("id"));
        var id = ordered(model, "halves", 7, 8);
        succeeded(id);
        var learned = sets.learned(UUID.fromString(champion(model)));
        var members = ensembles.members(UUID.fromString(id)).toList();
        assertThat(members).hasSize(7);
        var last = members.getLast();
        try (var alone = Trainer.train(
                new SmallCnn(1, 8, 8, 2),
                recipe,
                learned.train().subset(last.rows()),
                Seeds.derive(Seeds.derive(Seeds.derive(8, 1), 1), 6),
                Monitor.NONE)) {
            assertThat(last.logits().train()).isDeepEqualTo(alone.logits(learned.train()));
            assertThat(last.logits().test()).isDeepEqualTo(alone.logits(learned.test()));
        }
    }

    @Test
    void retrainedMembersLearnFromAllButThoseWhomTheRequestsName() {
        var model = trainedModel(engineer, "idle", "without-");
        var version = UUID.fromString(champion(model));
        var request = request(people("without-", 3));
        state(request, "resolved");
        var id = ordered(model, "retrained", 4, 2, List.of(request));
        succeeded(id);
        assertThat(engineer.get("/v1/runs/" + id).body().has("dueAt")).isTrue();
        assertThat(officer.get("/v1/erasure-requests/" + request).text("state"))
                .as("an ensemble takes no request up")
                .isEqualTo("resolved");
        assertThat(ensembles.newest(version, EnsembleKind.RETRAINED, List.of())).isEmpty();
        var found = ensembles
                .newest(version, EnsembleKind.RETRAINED, List.of(UUID.fromString(request)))
                .orElseThrow();
        var ordinals = sets.ordinals(version);
        ensembles.members(found.id()).forEach(member -> {
            assertThat(Arrays.stream(member.rows()).map(row -> ordinals[row]))
                    .noneMatch(ordinal -> ordinal < 3 * RECORDS_OF_A_PERSON)
                    .hasSize((int) Arrays.stream(ordinals)
                            .filter(ordinal -> ordinal >= 3 * RECORDS_OF_A_PERSON)
                            .count());
            assertThat(member.logits().train()).hasNumberOfRows(ordinals.length);
        });
    }

    @Test
    void anEditGoesOnBesideAnEnsembleAndWhoItForgetsIsLearnedByNoFurtherMember() {
        var model = trainedModel(engineer, "swift", "beside-", 400);
        var before = champion(model);
        var done = ordered(model, "halves", 20, 3);
        succeeded(done);
        var first = ordered(model, "originals", 2, 3);
        succeeded(first);
        var open = ordered(model, "halves", 900, 5);
        var request = request(people("beside-", 12));
        state(request, "in_progress");
        var run = await(
                        () -> officer.get("/v1/erasure-requests/" + request).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().equals("awaiting_approval"));
        assertThat(engineer.get("/v1/runs/" + open).text("state")).isEqualTo("awaiting_shards");
        engineer.delete("/v1/ensembles/" + open).with(409);
        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "the evidence holds"))
                .with(202);
        assertThat(ended(run).get("state").asString()).isEqualTo("succeeded");
        var stopped = ended(open);
        assertThat(stopped.get("state").asString()).isEqualTo("failed");
        assertThat(stopped.get("failure").asString()).contains("forgotten", "order the ensemble again");
        assertThat(shards(open)).isZero();

        task("ensemble-freshness");
        assertThat(ensemble(first, "knowingForgotten")).isEqualTo(2);
        assertThat(ensemble(done, "knowingForgotten")).isEqualTo(20);
        assertThat(ensembles.newest(UUID.fromString(before), EnsembleKind.HALVES, List.of()))
                .isEmpty();
        var gone = files(done);
        task("by-product-erasure");
        assertThat(gone).as("nothing goes before its time").allMatch(Files::exists);
        jdbc.sql("update ensemble_member set knows_forgotten_since = knows_forgotten_since - interval '8 days'")
                .update();
        task("by-product-erasure");
        assertThat(gone).noneMatch(Files::exists);
        assertThat(ensemble(done, "present")).isZero();
        assertThat(ensemble(done, "members")).isEqualTo(20);
        assertThat(trail(done)).contains("ensemble.members-condemned", "ensemble.members-erased", "\"members\":20");

        var after = ordered(model, "halves", 20, 3);
        succeeded(after);
        assertThat(ensemble(after, "reused")).isZero();
        task("ensemble-freshness");
        assertThat(ensemble(after, "knowingForgotten")).isZero();
        assertThat(engineer.get("/v1/ensembles/" + after).text("versionId")).isEqualTo(champion(model));
    }

    @Test
    void whatWasSaidOfSomebodyForgottenGoesWhoeverSaidIt() {
        var model = trainedModel(engineer, "idle", "few-");
        var version = UUID.fromString(champion(model));
        var request = requestRecord(model);
        state(request, "resolved");
        var halves = ordered(model, "halves", 40, 6);
        succeeded(halves);
        var without = ordered(model, "retrained", 3, 6, List.of(request));
        succeeded(without);
        ended(officer.post("/v1/retraining-runs", Map.of("modelId", model))
                .with(202)
                .text("id"));
        var run = officer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "idle"))
                .with(202)
                .text("id");
        assertThat(ended(run).get("state").asString()).isEqualTo("succeeded");
        task("ensemble-freshness");
        assertThat(ensemble(halves, "knowingForgotten")).isEqualTo(40);
        assertThat(ensemble(without, "knowingForgotten")).isEqualTo(3);
        jdbc.sql("update ensemble_member set knows_forgotten_since = knows_forgotten_since - interval '8 days'")
                .update();
        task("by-product-erasure");
        assertThat(ensemble(halves, "present")).isZero();
        assertThat(ensemble(without, "present")).isZero();
    }

    @Test
    void aCancelledEnsembleLeavesTheQueueAndGoesOnNoMore() {
        var model = slowModel("stop-");
        var id = ordered(model, "halves", 400, 1);
        await(
                () -> engineer.get("/v1/workers").body(),
                body -> body.toString().contains(id)
                        && engineer.get("/v1/runs/" + id).text("state").equals("awaiting_shards"));
        assertThat(shards(id)).isEqualTo(8);
        assertThat(jdbc.sql("select distinct priority from edit_task where task_instance like ?")
                        .param(id + "/%")
                        .query(Integer.class)
                        .list())
                .as("after whatever has a deadline")
                .containsExactly((int) Short.MIN_VALUE);
        engineer.post("/v1/runs/" + id + "/cancel", Map.of()).with(202);
        assertThat(ended(id).get("state").asString()).isEqualTo("cancelled");
        await(() -> JSON.getNodeFactory().numberNode(shards(id)), left -> left.asLong() == 0);
        assertThat(dataDirectory().resolve("artifacts/runs/" + id)).doesNotExist();
        engineer.post("/v1/runs/" + id + "/retry", Map.of()).with(409);
        officer.delete("/v1/ensembles/" + id).with(204);
        assertThat(engineer.get("/v1/runs/" + id).text("state")).isEqualTo("cancelled");
    }

    @Test
    void shardsThatGoOnFailingFailTheRunAndItIsTriedAgainWhenAPersonSaysSo() throws Exception {
        var model = trainedModel(engineer, "idle", "fail-");
        var folder = dataDirectory().resolve("artifacts/members");
        Files.move(folder, folder.resolveSibling("members-away"));
        Files.writeString(folder, "no directory");
        String id;
        try {
            id = ordered(model, "halves", 5, 1);
            var ended = ended(id);
            assertThat(ended.get("state").asString()).isEqualTo("failed");
            assertThat(ended.get("failure").asString()).contains("in 4 attempts");
            assertThat(trail(id)).contains("run.shard-failed", "\"failures\":3");
        } finally {
            Files.delete(folder);
            Files.move(folder.resolveSibling("members-away"), folder);
        }
        engineer.post("/v1/runs/" + id + "/retry", Map.of()).with(202);
        succeeded(id);
        assertThat(ensemble(id, "present")).isEqualTo(5);
    }

    @Test
    void aModelTakesItsEnsemblesAlongWhenItIsDestroyed() {
        var model = trainedModel(engineer, "idle", "end-");
        var id = ordered(model, "halves", 5, 1);
        succeeded(id);
        var open = ordered(model, "halves", 900, 2);
        var files = files(id);
        assertThat(files).hasSize(5);
        var run = officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(202)
                .text("id");
        assertThat(ended(run).get("state").asString()).isEqualTo("succeeded");
        assertThat(ended(open).get("state").asString()).isEqualTo("cancelled");
        assertThat(files).noneMatch(Files::exists);
        engineer.get("/v1/ensembles/" + id).with(404);
        engineer.get("/v1/ensembles/" + open).with(404);
        assertThat(trail(id)).contains("ensemble.erased", "model destroyed");
        assertThat(order(model, "halves", 5, 1, List.of()).with(410).text("type"))
                .endsWith("model-destroyed");
    }

    @Test
    void whatAKilledProcessLeftIsErased() throws Exception {
        var controller = UUID.fromString("00000000-0000-7000-8000-000000000001");
        var key = "ab".repeat(32);
        jdbc.sql("""
                        insert into member (controller_id, key, bytes, claimed_at)
                        values (?, decode(?, 'hex'), 0, now() - interval '25 hours')
                        """).params(controller, key).update();
        var file = artifacts.member(controller, key);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "half the work");
        var id = ordered(trainedModel(engineer, "idle", "half-"), "halves", 3, 1);
        succeeded(id);
        var files = files(id);
        // what a process leaves that ends between condemning an ensemble and deleting its files
        for (var table : List.of(
                "ensemble_member set condemned_at = now() where ensemble_id",
                "ensemble set condemned_at = now() where id")) {
            jdbc.sql("update " + table + " = ?").param(UUID.fromString(id)).update();
        }
        assertThat(files).hasSize(3).allMatch(Files::exists);
        engineer.get("/v1/ensembles/" + id).with(404);
        task("by-product-erasure");
        assertThat(files).noneMatch(Files::exists);
        assertThat(trail(id)).contains("ensemble.erased", "\"files\":3");
        assertThat(file).doesNotExist();
        assertThat(jdbc.sql("select count(*) from member where key = decode(?, 'hex')")
                        .param(key)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void anOrderThatCannotBeIsRefusedByItsField() {
        var model = trainedModel(engineer, "idle", "bad-");
        var request = request(List.of("bad-1"));
        state(request, "resolved");
        var nobody = request(List.of("nobody-at-all"));
        state(nobody, "no_match");
        refused(order(model, "halves", 1, 1, List.of()), 400, "members");
        refused(order(model, "halves", 20_001, 1, List.of()), 400, "members");
        refused(order(model, "quarters", 10, 1, List.of()), 400, "kind");
        refused(order(model, "retrained", 10, 1, List.of()), 400, "requestIds");
        refused(order(model, "halves", 10, 1, List.of(request)), 400, "requestIds");
        refused(order(model, "retrained", 10, 1, List.of(UUID.randomUUID().toString())), 422, "requestIds[0]");
        refused(order(model, "retrained", 10, 1, List.of(request, nobody)), 422, "requestIds[1]");
        refused(order(UUID.randomUUID().toString(), "halves", 10, 1, List.of()), 404, "modelId");
        var theirs = ofAnotherController("ENGINEER");
        refused(theirs.post("/v1/ensemble-runs", body(model, "halves", 10, 1, List.of())), 404, "modelId");
        var other = trainedModel(engineer, "idle", "else-");
        refused(order(other, "retrained", 10, 1, List.of(request)), 422, "requestIds[0]");
        refused(
                order(
                        untrained(Map.of("name", "mlp", "inputs", 2, "hidden", List.of(4), "classes", 2)),
                        "halves",
                        10,
                        1,
                        List.of()),
                422,
                "modelId");
        var language = order(untrained(Map.of("name", "language-model")), "halves", 10, 1, List.of());
        refused(language, 422, "modelId");
        assertThat(language.text("detail")).contains("ensembles are for classifiers");
        var large = order(model, "halves", 20_000, 1, List.of());
        refused(large, 422, "members");
        assertThat(large.text("detail")).contains("20971520").containsPattern("up to 3\\d{8} bytes");
        for (var missing : List.of("modelId", "kind", "members", "seed")) {
            var body = new HashMap<>(body(model, "halves", 10, 1, List.of()));
            body.remove(missing);
            refused(engineer.post("/v1/ensemble-runs", body), 400, missing);
        }
        intake.post("/v1/ensemble-runs", body(model, "halves", 10, 1, List.of()))
                .with(403);
        engineer.get("/v1/ensembles/" + UUID.randomUUID()).with(404);
        engineer.delete("/v1/ensembles/" + UUID.randomUUID()).with(404);
        assertThat(engineer.get("/v1/ensembles?modelId=" + model).body().get("items"))
                .isEmpty();
    }

    @Test
    void theSameKeyOrdersOnceAndAnotherControllerSeesNothing() {
        var model = trainedModel(engineer, "idle", "key-");
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var first = engineer.post("/v1/ensemble-runs", body(model, "originals", 2, 1, List.of()), key)
                .with(202);
        assertThat(first.headers().getFirst("Location")).isEqualTo("/v1/runs/" + first.text("id"));
        assertThat(engineer.post("/v1/ensemble-runs", body(model, "originals", 2, 1, List.of()), key)
                        .with(202)
                        .text("id"))
                .isEqualTo(first.text("id"));
        engineer.post("/v1/ensemble-runs", body(model, "originals", 3, 1, List.of()), key)
                .with(422);
        succeeded(first.text("id"));
        var theirs = ofAnotherController("ENGINEER");
        theirs.get("/v1/ensembles/" + first.text("id")).with(404);
        theirs.delete("/v1/ensembles/" + first.text("id")).with(404);
        assertThat(theirs.get("/v1/ensembles").body().get("items")).isEmpty();
    }

    @Test
    void whatIsAskedOfManyMembersAndShardsIsAskedOfAnIndex() {
        var model = trainedModel(engineer, "idle", "plan-");
        var id = UUID.fromString(ordered(model, "originals", 2, 1));
        succeeded(id.toString());
        jdbc.sql("""
                        insert into ensemble_member (ensemble_id, number, key, reused, linked_at)
                        select ?, n, sha256(n::text::bytea), false, now() from generate_series(100, 20100) as n
                        """).param(id).update();
        jdbc.sql("""
                        insert into edit_task (task_name, task_instance, execution_time, picked, version)
                        select 'shard', gen_random_uuid() || '/' || n, now() + interval '1 day', false, 1
                        from generate_series(1, 5000) as n
                        """).update();
        try {
            jdbc.sql("analyze ensemble_member, edit_task").update();
            var controller = UUID.fromString(engineer.get("/v1/whoami").text("controllerId"));
            assertThat(explained(MemberStore.USED, new byte[32], controller)).contains("ensemble_member_key");
            var now = java.sql.Timestamp.from(Instant.now());
            assertThat(explained(EnsembleErasure.CONDEMN_KNOWING, now, now)).contains("ensemble_member_knowing");
            assertThat(explained(EditQueue.REMOVE_SHARDS, id + "/%")).contains("edit_task_shard");
        } finally {
            jdbc.sql("delete from ensemble_member where ensemble_id = ? and number >= 100")
                    .param(id)
                    .update();
            jdbc.sql("delete from edit_task where task_name = 'shard' and execution_time > now() + interval '1 hour'")
                    .update();
        }
    }

    private String explained(String sql, Object... parameters) {
        return String.join(
                "\n",
                jdbc.sql("explain " + sql)
                        .params(parameters)
                        .query(String.class)
                        .list());
    }

    private static void refused(Answer answer, int status, String field) {
        answer.with(status);
        assertThat(answer.body().get("errors").get(0).get("field").asString()).isEqualTo(field);
    }

    private static Map<String, Object> body(String model, String kind, int members, long seed, List<String> requests) {
        var body =
                new HashMap<String, Object>(Map.of("modelId", model, "kind", kind, "members", members, "seed", seed));
        if (!requests.isEmpty()) {
            body.put("requestIds", requests);
        }
        return body;
    }

    private Answer order(String model, String kind, int members, long seed, List<String> requests) {
        return engineer.post("/v1/ensemble-runs", body(model, kind, members, seed, requests));
    }

    private String ordered(String model, String kind, int members, long seed) {
        return ordered(model, kind, members, seed, List.of());
    }

    private String ordered(String model, String kind, int members, long seed, List<String> requests) {
        return order(model, kind, members, seed, requests).with(202).text("id");
    }

    private JsonNode ended(String run) {
        return await(() -> engineer.get("/v1/runs/" + run).body(), body -> body.has("endedAt"));
    }

    private void succeeded(String run) {
        var ended = ended(run);
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
    }

    private int ensemble(String id, String field) {
        return engineer.get("/v1/ensembles/" + id).with(200).body().get(field).asInt();
    }

    private String champion(String model) {
        return engineer.get("/v1/models/" + model).text("champion");
    }

    private String untrained(Map<String, Object> architecture) {
        return engineer.post("/v1/models", Map.of("name", "people", "architecture", architecture))
                .with(201)
                .text("id");
    }

    /** A model whose members take so long that a test may stop them. */
    private String slowModel(String people) {
        var like = trainedModel(engineer, "idle", people);
        var version = engineer.get("/v1/versions/" + champion(like)).body();
        var recipe = (tools.jackson.databind.node.ObjectNode) version.get("recipe");
        recipe.put("epochs", 10_000);
        var model = untrained(Map.of("name", "mlp", "inputs", 2, "hidden", List.of(32), "classes", 2));
        var declared = engineer.post(
                        "/v1/models/" + model + "/versions",
                        Map.of("data", JSON.convertValue(version.get("data"), Map.class), "recipe", recipe, "seed", 3))
                .with(201)
                .text("id");
        engineer.put(
                        "/v1/versions/" + declared + "/weights",
                        engineer.download("/v1/versions/" + champion(like) + "/files/model.safetensors"))
                .with(200);
        return model;
    }

    private static List<String> people(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private String request(List<String> people) {
        return filed(Map.of("subjects", people));
    }

    /** A request for one record that the model learned from. */
    private String requestRecord(String model) {
        var dataset = engineer.get("/v1/versions/" + champion(model))
                .body()
                .get("data")
                .get("datasetId")
                .asString();
        int ordinal = sets.ordinals(UUID.fromString(champion(model)))[100];
        return filed(Map.of("records", List.of(Map.of("datasetId", dataset, "ordinals", List.of(ordinal)))));
    }

    private String filed(Map<String, ?> scope) {
        var request = new HashMap<String, Object>(scope);
        request.put("regulation", "gdpr");
        request.put("submittedAt", Instant.now().toString());
        return intake.post("/v1/erasure-requests", request).with(202).text("id");
    }

    private void state(String request, String wanted) {
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals(wanted));
    }

    private String trail(String subject) {
        return officer.get("/v1/audit/entries?limit=500&subjectId=" + subject)
                .body()
                .get("items")
                .toString()
                .replace("\\\"", "\"");
    }

    private long shards(String run) {
        return jdbc.sql("select count(*) from edit_task where task_name = 'shard' and task_instance like ?")
                .param(run + "/%")
                .query(Long.class)
                .single();
    }

    private Set<Path> files(String id) {
        return new HashSet<>(jdbc.sql("""
                        select e.controller_id, encode(m.key, 'hex') from ensemble_member m
                        join ensemble e on e.id = m.ensemble_id where e.id = ?
                        """)
                .param(UUID.fromString(id))
                .query((row, i) -> artifacts.member(row.getObject(1, UUID.class), row.getString(2)))
                .list());
    }

    private long bytesOf(String id) {
        return files(id).stream()
                .mapToLong(file -> {
                    try {
                        return Files.size(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .sum();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private void task(String name) {
        tasks.stream().filter(task -> task.name().equals(name)).forEach(LightTask::execute);
    }
}
