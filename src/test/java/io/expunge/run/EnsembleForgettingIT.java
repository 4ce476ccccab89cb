package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnsembleForgettingIT extends EnsembleHttpTest {

    @Test
    void anEditGoesOnBesideAnEnsembleAndWhoItForgetsIsLearnedByNoFurtherMember() {
        var model = trainedModel(engineer, "ensemble-swift", "beside-", 100);
        var before = champion(model);
        var done = ordered(model, "halves", 20, 3);
        succeeded(done);
        var first = ordered(model, "originals", 2, 3);
        succeeded(first);
        var open = ordered(model, "halves", 5_000, 5);
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

        assertThat(left(request, run, done)).isEqualTo("20 there");
        assertThat(left(request, run, first)).isEqualTo("2 there");
        task("ensemble-freshness");
        assertThat(ensemble(first, "knowingForgotten")).isEqualTo(2);
        assertThat(ensemble(done, "knowingForgotten")).isEqualTo(20);
        assertThat(ensembles.newest(UUID.fromString(before), EnsembleKind.HALVES, List.of()))
                .isEmpty();
        var gone = files(done);
        task("by-product-erasure");
        assertThat(gone).as("nothing goes before its time").allMatch(Files::exists);
        assertThat(left(request, run, done)).isEqualTo("20 there");
        jdbc.sql("update ensemble_member set knows_forgotten_since = knows_forgotten_since - interval '8 days'")
                .update();
        task("by-product-erasure");
        assertThat(gone).noneMatch(Files::exists);
        assertThat(ensemble(done, "present")).isZero();
        assertThat(ensemble(done, "members")).isEqualTo(20);
        assertThat(left(request, run, done)).isEqualTo("20 erased");
        assertThat(trail(done)).contains("ensemble.members-condemned", "ensemble.members-erased", "\"members\":20");

        var after = ordered(model, "halves", 20, 3);
        succeeded(after);
        assertThat(ensemble(after, "reused")).isZero();
        task("ensemble-freshness");
        assertThat(ensemble(after, "knowingForgotten")).isZero();
        assertThat(engineer.get("/v1/ensembles/" + after).text("versionId")).isEqualTo(champion(model));
        assertThat(left(request, run, after)).as("knows nobody of them").isEqualTo("none");
    }

    /** What a request's by-products say of an ensemble. */
    private String left(String request, String run, String ensemble) {
        return officer.get("/v1/erasure-requests/" + request + "/by-products")
                .with(200)
                .body()
                .valueStream()
                .filter(one -> one.get("kind").asString().equals("ensemble_members"))
                .filter(one -> one.get("ensembleId").asString().equals(ensemble))
                .filter(one -> one.get("runId").asString().equals(run))
                .map(one -> one.get("members").asInt() + (one.has("erasedAt") ? " erased" : " there"))
                .findFirst()
                .orElse("none");
    }

    @Test
    void whatWasSaidOfSomebodyForgottenGoesWhoeverSaidIt() {
        var model = trainedModel(engineer, "ensemble-idle", "few-");
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
        var run = officer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "ensemble-idle"))
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
    void aModelTakesItsEnsemblesAlongWhenItIsDestroyed() {
        var model = trainedModel(engineer, "ensemble-idle", "end-");
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
        var id = ordered(trainedModel(engineer, "ensemble-idle", "half-"), "halves", 3, 1);
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
}
