package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnsembleOrderIT extends EnsembleHttpTest {

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
                .containsExactly(-Short.MAX_VALUE);
        var raised = engineer.putJson("/v1/runs/" + id + "/priority", Map.of("priority", "high"))
                .with(200);
        assertThat(raised.text("priority")).isEqualTo("high");
        assertThat(jdbc.sql("select distinct priority from edit_task where not picked and task_instance like ?")
                        .param(id + "/%")
                        .query(Integer.class)
                        .list())
                .as("before whatever nobody raised")
                .containsExactly(0);
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
        var model = trainedModel(engineer, "ensemble-idle", "fail-");
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
    void anOrderThatCannotBeIsRefusedByItsField() {
        var model = trainedModel(engineer, "ensemble-idle", "bad-");
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
        var other = trainedModel(engineer, "ensemble-idle", "else-");
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
        assertThat(large.text("detail")).contains("209715200").containsPattern("up to 3\\d{8} bytes");
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
        var model = trainedModel(engineer, "ensemble-idle", "key-");
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
        var model = trainedModel(engineer, "ensemble-idle", "plan-");
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

    /** A model whose members take so long that a test may stop them. */
    private String slowModel(String people) {
        var like = trainedModel(engineer, "ensemble-idle", people);
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
}
