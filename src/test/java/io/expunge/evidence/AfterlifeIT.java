package io.expunge.evidence;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.dataset;
import static io.expunge.evidence.WholePathIT.modelOf;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.run.LightTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What is left of a run, a version and a model, and who else has it. */
class AfterlifeIT extends HttpTest {

    private static final int RECORDS_OF_A_PERSON = 20;
    private static final int PEOPLE = 12;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private List<LightTask> tasks;

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
            if (officer.get("/v1/policies/" + name).status() == 200) {
                continue;
            }
            var policy = new HashMap<>(policy(name, List.of(Map.of("name", "exact-retraining", "seed", 5))));
            policy.put("automatic", automatic);
            policy.put("references", 1);
            officer.putJson("/v1/policies/" + name, policy).with(200);
        }
    }

    @Test
    void whatARunLeftIsErasedWhenItsTimeIsOverAndTheLogSaysWhatItWas() {
        var model = trainedModel(engineer, "swift", "k-");
        var before = version(champion(model));
        var run = forgotten("k-");
        var after = version(champion(model));
        var again = retrained(model);

        var early = engineer.get("/v1/runs/" + run + "/by-products").with(200).body();
        assertThat(kinds(early)).containsExactly("working_files", "parent", "candidate");
        assertThat(early.get(0).has("erasedAt")).isTrue();
        assertThat(trail(run)).contains("run.files-erased").containsPattern("\"digest\":\"[0-9a-f]{64}\"");
        assertThat(dataDirectory().resolve("artifacts/runs/" + run)).doesNotExist();

        var request =
                engineer.get("/v1/runs/" + run).body().get("requestIds").get(0).asString();
        var all = officer.get("/v1/erasure-requests/" + request + "/by-products")
                .with(200)
                .body();
        assertThat(kinds(all)).startsWith("working_files", "parent", "candidate");
        assertThat(all.get(0).get("runId").asString()).isEqualTo(run);
        ofAnotherController("PRIVACY_OFFICER")
                .get("/v1/erasure-requests/" + request + "/by-products")
                .with(404);

        sweep();
        assertThat(directory(before)).as("nothing goes before its time").exists();
        daysPass(8, before, after);
        sweep();
        assertThat(directory(before)).as("knew whom the model has forgotten").doesNotExist();
        assertThat(directory(after)).as("knows nobody of them").exists();
        assertThat(directory(version(again))).exists();
        assertThat(version(id(before)).has("erasedAt")).isTrue();
        assertThat(version(id(after)).has("erasedAt")).isFalse();
        assertThat(trail(id(before)))
                .contains(
                        "version.condemned",
                        "version.erased",
                        before.get("digest").asString())
                .containsPattern("\"bytes\":[1-9]");
        engineer.get("/v1/versions/" + id(before) + "/files").with(410);
        officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", id(before), "reason", "drill"))
                .with(410);
        officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", id(after), "reason", "drill"))
                .with(200);
        var late = engineer.get("/v1/runs/" + run + "/by-products").body();
        assertThat(late.get(1).get("versionId").asString()).isEqualTo(id(before));
        assertThat(late.get(1).has("erasedAt")).isTrue();
        assertThat(late.get(2).has("erasedAt")).isFalse();
    }

    @Test
    void aPublishedVersionIsLookedAtAgainAndWhoeverIsWokenIsToldWhatIsWrong() throws Exception {
        var model = trainedModel(engineer, "idle", "again-");
        var champion = version(champion(model));
        lookAgain(champion);
        assertThat(trail(id(champion))).contains("version.verified").doesNotContain("version.unsound");

        var weights = directory(champion).resolve("model.safetensors");
        var genuine = Files.readAllBytes(weights);
        var changed = genuine.clone();
        changed[changed.length - 1] ^= 1;
        Files.write(weights, changed);
        lookAgain(champion);
        assertThat(trail(id(champion)))
                .contains("version.unsound", "\"filesIntact\":false", "\"knowsForgotten\":false");
        assertThat(new String(admin().download("/actuator/prometheus"), java.nio.charset.StandardCharsets.UTF_8))
                .containsPattern("expunge_versions_unsound\\{[^}]*} 1\\.0");

        Files.write(weights, genuine);
        lookAgain(champion);
        assertThat(new String(admin().download("/actuator/prometheus"), java.nio.charset.StandardCharsets.UTF_8))
                .containsPattern("expunge_versions_unsound\\{[^}]*} 0\\.0");
    }

    private void lookAgain(JsonNode version) {
        // the versions of other tests must not be in front of it
        jdbc.sql("update version set verified_at = case when id = ? then null else now() end")
                .param(java.util.UUID.fromString(id(version)))
                .update();
        tasks.stream().filter(task -> task.name().equals("re-verification")).forEach(io.expunge.run.LightTask::execute);
    }

    @Test
    void aRejectedCandidateIsErasedUnlessARunStillNeedsIt() {
        var model = trainedModel(engineer, "swift", "l-");
        var run = decidable("l-", PEOPLE);
        var candidate = version(engineer.get("/v1/runs/" + run).text("candidateVersionId"));
        daysPass(8, version(champion(model)), candidate);
        sweep();
        assertThat(directory(candidate)).exists();
        officer.post("/v1/runs/" + run + "/reject", Map.of("reason", "no")).with(202);
        daysPass(8, candidate);
        sweep();
        assertThat(directory(candidate)).doesNotExist();
        assertThat(version(id(candidate)).get("state").asString()).isEqualTo("rejected");
    }

    @Test
    void aModelIsDestroyedWithAllItsVersionsAndWhoeverWaitedForItIsServed() {
        var dataset = dataset(engineer, "m-");
        var model = modelOf(engineer, "idle", dataset);
        var twin = modelOf(engineer, "idle", dataset);
        var first = version(champion(model));
        assertThat(version(champion(twin)).get("digest")).isEqualTo(first.get("digest"));
        var second = version(retrained(model, Map.of("seed", 9)));
        var request = request(people("m-", PEOPLE));
        state(request, "resolved");

        engineer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(403);
        assertThat(officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "another"))
                        .with(422)
                        .text("detail"))
                .contains("modelName");
        var run = officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(202)
                .text("id");
        succeeded(run);
        var gone = engineer.get("/v1/models/" + model).with(200).body();
        assertThat(gone.has("destroyedAt")).isTrue();
        assertThat(gone.has("champion")).isFalse();
        for (var version : engineer.get("/v1/models/" + model + "/versions").body()) {
            assertThat(version.has("erasedAt")).as(version.toString()).isTrue();
        }
        assertThat(directory(second)).doesNotExist();
        assertThat(directory(first)).as("the twin is the same bytes").exists();
        assertThat(trail(id(first))).contains("\"keptForAnotherVersion\":true");
        assertThat(trail(id(second))).contains("\"keptForAnotherVersion\":false");
        assertThat(trail(model)).contains("model.condemned", "model.destroyed");
        engineer.get("/v1/versions/" + id(second) + "/archive").with(410);
        assertThat(train(model, second).with(410).text("type")).endsWith("model-destroyed");
        officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(410);

        // the twin waits for its own run, or for its own end
        var open = officer.get("/v1/erasure-requests/" + request).body();
        assertThat(open.get("state").asString()).isEqualTo("resolved");
        succeeded(officer.post("/v1/destruction-runs", Map.of("modelId", twin, "modelName", "people"))
                .with(202)
                .text("id"));
        state(request, "completed");
        assertThat(directory(first)).doesNotExist();
        var certificates = officer.get("/v1/erasure-requests/" + request + "/certificates")
                .with(200)
                .body();
        assertThat(certificates.valueStream().map(one -> one.get("kind").asString()))
                .containsExactly("destruction", "destruction");
        var verified = verified(certificates.get(0).get("id").asString(), null);
        assertThat(verified).contains("It states the destruction of 1 version of a model.");
        assertThat(html(certificates.get(0).get("id").asString()))
                .contains("Certificate of destruction", second.get("digest").asString())
                .contains("Versions whose files another model has, byte for byte, and keeps")
                .doesNotContain(first.get("digest").asString());
        assertThat(html(certificates.get(1).get("id").asString()))
                .as("the twin's files are gone with it")
                .contains(first.get("digest").asString());
    }

    /** What a verifier says of a certificate that holds. */
    private List<String> verified(String certificate, Path files) {
        var path = "/v1/certificates/" + certificate;
        await(() -> officer.get(path).body(), body -> body.has("proof"));
        var checks = CertificateVerifier.verify(
                new String(officer.download(path), java.nio.charset.StandardCharsets.UTF_8),
                WholePathIT.keys(officer),
                files,
                Instant.now());
        assertThat(checks).allMatch(CertificateVerifier.Check::passed);
        return checks.stream().map(CertificateVerifier.Check::sentence).toList();
    }

    private String html(String certificate) {
        await(() -> officer.get("/v1/certificates/" + certificate).body(), body -> body.has("proof"));
        assertThat(officer.download("/v1/certificates/" + certificate + "/pdf"))
                .startsWith("%PDF-".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new String(
                officer.download("/v1/certificates/" + certificate + "/html"), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void thatNobodyWasKnownIsCertifiedOnRequest() {
        trainedModel(engineer, "idle", "known-");
        var unknown = request(List.of("nobody-knows-me"));
        state(unknown, "no_match");
        engineer.post("/v1/erasure-requests/" + unknown + "/certificates", "").with(403);
        var made = officer.post("/v1/erasure-requests/" + unknown + "/certificates", "")
                .with(201)
                .body();
        assertThat(made.get("kind").asString()).isEqualTo("not-known");
        assertThat(made.has("runId")).isFalse();
        assertThat(officer.post("/v1/erasure-requests/" + unknown + "/certificates", "")
                        .with(201)
                        .text("id"))
                .isEqualTo(made.get("id").asString());
        assertThat(verified(made.get("id").asString(), null))
                .contains("It states that there was no record of whom the request names.");
        assertThat(html(made.get("id").asString()))
                .contains("Certificate that nobody was known", unknown)
                .doesNotContain("nobody-knows-me");
        var known = request(people("known-", PEOPLE));
        state(known, "resolved");
        assertThat(officer.post("/v1/erasure-requests/" + known + "/certificates", "")
                        .with(409)
                        .text("detail"))
                .contains("a model had to forget");
    }

    @Test
    void whoWithdrewDoesNotKeepAModelFromBeingDestroyed() {
        var model = trainedModel(engineer, "idle", "gone-");
        var withdrawn = request(people("gone-", PEOPLE));
        state(withdrawn, "resolved");
        officer.post("/v1/erasure-requests/" + withdrawn + "/cancel", "").with(200);
        var waiting = request(people("gone-", PEOPLE));
        state(waiting, "resolved");
        succeeded(officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(202)
                .text("id"));
        state(waiting, "completed");
        state(withdrawn, "cancelled");
        assertThat(officer.get("/v1/erasure-requests/" + withdrawn + "/certificates")
                        .body()
                        .size())
                .isZero();
        assertThat(officer.get("/v1/erasure-requests/" + waiting + "/certificates")
                        .body()
                        .size())
                .isEqualTo(1);
    }

    @Test
    void destructionStopsWhatIsAtWorkOnTheModel() {
        var model = trainedModel(engineer, "swift", "n-");
        var run = decidable("n-", PEOPLE);
        succeeded(officer.post("/v1/destruction-runs", Map.of("modelId", model, "modelName", "people"))
                .with(202)
                .text("id"));
        assertThat(engineer.get("/v1/runs/" + run).text("state")).isEqualTo("cancelled");
    }

    @Test
    void retrainingLearnsAsTheChampionDidButForWhoeverAsked() {
        var model = trainedModel(engineer, "idle", "o-");
        var champion = version(champion(model));
        var request = request(people("o-", 3));
        state(request, "resolved");
        var made = version(retrained(model));
        assertThat(made.get("origin").asString()).isEqualTo("trained");
        for (var same : List.of("data", "recipe", "seed")) {
            assertThat(made.get(same)).as(same).isEqualTo(champion.get(same));
        }
        assertThat(made.get("forgotten").asInt()).isEqualTo(3 * RECORDS_OF_A_PERSON);
        assertThat(made.get("digest")).isNotEqualTo(champion.get("digest"));
        // the run for the request finds that nothing is left to do
        var run = officer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "idle"))
                .with(202)
                .text("id");
        succeeded(run);
        state(request, "completed");
        assertThat(champion(model)).isEqualTo(id(made));
        var certificates = officer.get("/v1/erasure-requests/" + request + "/certificates")
                .with(200)
                .body();
        assertThat(certificates.size()).isEqualTo(1);
        assertThat(certificates.get(0).get("kind").asString()).isEqualTo("retraining");
        assertThat(certificates.get(0).get("guarantee").asString()).isEqualTo("exact");
        assertThat(verified(certificates.get(0).get("id").asString(), directory(made)))
                .contains("The files in " + directory(made).getFileName() + " are those of the version.");
        officer.post("/v1/models/" + model + "/rollback", Map.of("versionId", id(champion), "reason", "drill"))
                .with(409);
    }

    @Test
    void whoHasAVersionThatKnowsThemIsToBeToldWhenTheyAreForgotten() {
        var model = trainedModel(engineer, "swift", "told-");
        var before = champion(model);
        var serving = recipient(before, "kiosk", "deployment");
        var partner = recipient(before, "a partner", "controller");
        var former = recipient(before, "an old kiosk", "deployment");
        engineer.post("/v1/recipients/" + former + "/end", Map.of()).with(200);
        engineer.post("/v1/versions/" + before + "/recipients", Map.of("name", "x", "kind", "friend"))
                .with(400);
        ofAnotherController("ENGINEER")
                .get("/v1/versions/" + before + "/recipients")
                .with(404);
        forgotten("told-");
        var request = jdbc.sql("select request_ids from run where model_id = ? and kind = 'UNLEARNING'")
                .param(UUID.fromString(model))
                .query(String.class)
                .single()
                .replaceAll("[\\[\\]\"]", "");
        var after = champion(model);
        recipient(after, "the new kiosk", "deployment");
        assertThat(ids(engineer.get("/v1/versions/" + before + "/derived").body()))
                .containsExactly(after);

        var notices = officer.get("/v1/erasure-requests/" + request + "/recipients")
                .with(200)
                .body();
        assertThat(notices.size()).isEqualTo(2);
        for (var notice : notices) {
            assertThat(notice.get("recipientId").asString()).isIn(serving, partner);
            assertThat(notice.get("state").asString()).isEqualTo("due");
        }
        var path = "/v1/erasure-requests/" + request + "/recipients/" + partner;
        var told = officer.putJson(path, Map.of("state", "notified")).with(200).body();
        assertThat(told.get("state").asString()).isEqualTo("notified");
        assertThat(told.get("decidedBy").asString()).startsWith("key:");
        officer.putJson(path, Map.of("state", "due")).with(400);
        officer.putJson(path.replace(partner, former), Map.of("state", "notified"))
                .with(404);
        intake.get("/v1/erasure-requests/" + request + "/recipients").with(403);
        assertThat(trail(request)).contains("erasure.recipients-due", "erasure.recipient-notified");
    }

    private String recipient(String version, String name, String kind) {
        return engineer.post("/v1/versions/" + version + "/recipients", Map.of("name", name, "kind", kind))
                .with(201)
                .text("id");
    }

    private static List<String> people(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private String request(List<String> people) {
        return intake.post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation",
                                "gdpr",
                                "submittedAt",
                                Instant.now().toString(),
                                "subjects",
                                people))
                .with(202)
                .text("id");
    }

    private void state(String request, String wanted) {
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals(wanted));
    }

    private void succeeded(String run) {
        var ended = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("succeeded|failed|cancelled"));
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
    }

    /** A run for some people that awaits a decision, or has none to await. */
    private String decidable(String prefix, int people) {
        var request = request(people(prefix, people));
        var run = await(
                        () -> officer.get("/v1/erasure-requests/" + request).body(),
                        body -> body.toString().contains("runId"))
                .get("targets")
                .get(0)
                .get("runId")
                .asString();
        var decided = await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed"));
        assertThat(decided.get("state").asString()).as(decided.toString()).isEqualTo("awaiting_approval");
        return run;
    }

    private String forgotten(String prefix) {
        var run = decidable(prefix, PEOPLE);
        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "the evidence holds"))
                .with(202);
        succeeded(run);
        return run;
    }

    private String retrained(String model) {
        return retrained(model, Map.of());
    }

    private String retrained(String model, Map<String, ?> otherwise) {
        var order = new HashMap<String, Object>(Map.of("modelId", model));
        order.putAll(otherwise);
        var run = engineer.post("/v1/retraining-runs", order).with(202).text("id");
        succeeded(run);
        return champion(model);
    }

    private Answer train(String model, JsonNode like) {
        return engineer.post(
                "/v1/training-runs",
                Map.of(
                        "modelId",
                        model,
                        "data",
                        JSON.convertValue(like.get("data"), Map.class),
                        "recipe",
                        JSON.convertValue(like.get("recipe"), Map.class),
                        "seed",
                        9));
    }

    private String champion(String model) {
        return engineer.get("/v1/models/" + model).text("champion");
    }

    private JsonNode version(String id) {
        return engineer.get("/v1/versions/" + id).with(200).body();
    }

    private static String id(JsonNode version) {
        return version.get("id").asString();
    }

    private static List<String> ids(JsonNode versions) {
        return versions.valueStream().map(AfterlifeIT::id).toList();
    }

    private static List<String> kinds(JsonNode left) {
        return left.valueStream().map(one -> one.get("kind").asString()).toList();
    }

    private Path directory(JsonNode version) {
        return dataDirectory()
                .resolve("artifacts/versions/" + version.get("digest").asString());
    }

    private String trail(String subject) {
        return officer.get("/v1/audit/entries?subjectId=" + subject)
                .body()
                .get("items")
                .toString()
                .replace("\\\"", "\"");
    }

    private void daysPass(int days, JsonNode... versions) {
        for (var version : versions) {
            jdbc.sql("update version set left_at = left_at - make_interval(days => ?) where id = ?")
                    .params(days, UUID.fromString(id(version)))
                    .update();
        }
    }

    private void sweep() {
        tasks.stream().filter(task -> task.name().equals("by-product-erasure")).forEach(LightTask::execute);
    }
}
