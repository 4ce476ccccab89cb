package io.expunge.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.catalog.LanguageModels;
import io.expunge.metric.Thresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.JsonNode;

/** A language model that recites what it learned is made to recite less, and nobody asked to be forgotten. */
class DememorisationIT extends HttpTest {

    private static final List<String> WORDS =
            List.of("river stone lamp garden letter window bridge market winter farmer doctor sailor".split(" "));
    private static final String LAYER = "transformer.h.1.mlp.c_fc";

    @Autowired
    @Qualifier("editScheduler") private SmartLifecycle worker;

    @Test
    void whatIsRecitedIsMinedEditedAwayMeasuredAndCertifiedAndAKillOnTheWayChangesNothing() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        officer.putJson("/v1/policies/recitation", policy("recitation")).with(200);
        var dataset = dataset(engineer);
        var digests = new ArrayList<String>();
        for (boolean disturbed : new boolean[] {false, true}) {
            var model = model(engineer, "recitation");
            var parent = trained(engineer, model, dataset, 70);
            var run = engineer.post("/v1/dememorisation-runs", order(model, LAYER, 0.02))
                    .with(202)
                    .text("id");
            if (disturbed) {
                await(
                        () -> engineer.get("/v1/runs/" + run).body(),
                        now -> now.has("progress")
                                && now.get("progress").get("stage").asString().startsWith("curvature")
                                && now.get("progress").get("done").asInt() > 5);
                worker.stop();
                assertThat(engineer.get("/v1/runs/" + run).text("state")).isEqualTo("queued");
                worker.start();
            }
            var decided = ended(engineer, run);
            assertThat(decided.get("state").asString()).as(decided.toString()).isEqualTo("awaiting_approval");
            assertThat(decided.get("kind").asString()).isEqualTo("dememorisation");
            assertThat(decided.get("attempt").asInt()).isEqualTo(disturbed ? 2 : 1);
            var candidate = decided.get("candidateVersionId").asString();
            digests.add(engineer.get("/v1/versions/" + candidate).text("digest"));
            if (!disturbed) {
                assertMined(officer, run);
                assertPublishedAndCertified(engineer, officer, run, parent);
            }
        }
        assertThat(digests.get(1)).isEqualTo(digests.get(0));
    }

    private static void assertMined(Caller officer, String run) {
        var entries = officer.get("/v1/audit/entries?subjectId=" + run).body().toString();
        assertThat(entries).contains("run.mined", "windows");
        var evidence = officer.get("/v1/runs/" + run + "/evidence").with(200).body();
        assertThat(evidence.get("verdict").asString()).as(evidence.toString()).isEqualTo("passed");
        assertThat(evidence.get("measurements").toString())
                .contains(
                        "recitation.strict",
                        "recitation.loose",
                        "recitation.shifted",
                        "cost.perplexity",
                        "cost.ranking",
                        "cost.arithmetic")
                .doesNotContain("forget.probability");
        var strict = evidence.get("measurements")
                .valueStream()
                .filter(one -> one.get("check").asString().equals("recitation.strict"))
                .findFirst()
                .orElseThrow();
        assertThat(strict.get("before").asDouble()).isEqualTo(1);
        assertThat(strict.get("after").asDouble()).isLessThan(0.5);
    }

    private void assertPublishedAndCertified(Caller engineer, Caller officer, String run, String parent) {
        officer.post("/v1/runs/" + run + "/approve", Map.of("reason", "it recites less"))
                .with(202);
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("state").asString()).isEqualTo("succeeded");
        var champion =
                engineer.get("/v1/models/" + ended.get("modelId").asString()).text("champion");
        assertThat(champion)
                .isEqualTo(ended.get("candidateVersionId").asString())
                .isNotEqualTo(parent);
        var certificate = officer.get("/v1/certificates")
                .with(200)
                .body()
                .get("items")
                .valueStream()
                .filter(one -> one.get("versionId").asString().equals(champion))
                .map(one -> "/v1/certificates/" + one.get("id").asString())
                .findFirst()
                .orElseThrow();
        await(() -> officer.get(certificate).body(), body -> body.has("proof"));
        var checks = CertificateVerifier.verify(
                new String(officer.download(certificate), UTF_8), WholePathIT.keys(officer), null, Instant.now());
        assertThat(checks).allMatch(CertificateVerifier.Check::passed).hasSizeGreaterThan(8);
        assertThat(new String(officer.download(certificate + "/html"), UTF_8))
                .contains("recitation.strict", "curvature-edit", "deletes no record");
    }

    @Test
    void ordersThatNoRunCouldDoAreRefusedByField() {
        var engineer = as("ENGINEER");
        var officer = as("PRIVACY_OFFICER");
        officer.putJson("/v1/policies/refusals", policy("refusals")).with(200);
        var model = model(engineer, "refusals");
        assertRefused(engineer.post("/v1/dememorisation-runs", order(model, LAYER, 0.5)), "modelId", "learned");
        trained(engineer, model, dataset(engineer), 1);
        assertRefused(
                engineer.post("/v1/dememorisation-runs", order(model, "transformer.h.9.mlp.c_fc", 0.5)),
                "method",
                "there is no layer transformer.h.9.mlp.c_fc");
        assertRefused(
                engineer.post("/v1/dememorisation-runs", order(model, LAYER, 1.5)),
                "method.layers",
                "keptShare must be above 0 and at most 1");
        var foreign = new HashMap<>(order(model, LAYER, 0.5));
        foreign.put("method", Map.of("name", "exact-retraining", "seed", 1));
        assertRefused(engineer.post("/v1/dememorisation-runs", foreign), "method", "recite less");
        var unknown = new HashMap<>(order(model, LAYER, 0.5));
        var method = new HashMap<>(method(LAYER, 0.5));
        method.put("protect", List.of(Map.of("datasetId", "00000000-0000-7000-8000-000000000000", "keptShare", 0.5)));
        unknown.put("method", method);
        assertRefused(engineer.post("/v1/dememorisation-runs", unknown), "method.datasetId", "names no data set");
        var few = new HashMap<>(method(LAYER, 0.5));
        few.put("curvature", Map.of("tokens", 8, "labels", "SAMPLED", "partTokens", 16, "seed", 1));
        unknown.put("method", few);
        assertRefused(engineer.post("/v1/dememorisation-runs", unknown), "method", "curvature.tokens must be at least");
        few.put("curvature", method(LAYER, 0.5).get("curvature"));
        var small = dataset(engineer, 1);
        few.put("protect", List.of(Map.of("datasetId", small, "keptShare", 0.5)));
        assertRefused(
                engineer.post("/v1/dememorisation-runs", unknown),
                "method.datasetId",
                "tokens to predict in data set " + small);
        var mining = new HashMap<>(order(model, LAYER, 0.5));
        mining.put("mining", Map.of("prefix", 0, "suffix", 8, "most", 8));
        assertThat(engineer.post("/v1/dememorisation-runs", mining).status()).isIn(400, 422);
    }

    private static void assertRefused(Answer answer, String field, String reason) {
        assertThat(answer.status()).as(answer.body().toString()).isIn(400, 422);
        assertThat(answer.body().toString()).contains(field, reason);
    }

    /** So drastic an edit that nothing is recited after it; limits so wide that it passes: the path is tested here. */
    private static Map<String, Object> policy(String name) {
        var limits = new HashMap<String, Double>();
        Thresholds.calibrated().limits().keySet().forEach(check -> limits.put(check, 1_000.0));
        limits.put("recitation.strict", 0.9);
        return Map.of(
                "name",
                name,
                "methods",
                List.of(Map.of("name", "exact-retraining", "seed", 5)),
                "references",
                0,
                "approval",
                "person",
                "automatic",
                false,
                "waitSeconds",
                0,
                "thresholds",
                limits);
    }

    private static Map<String, Object> order(String model, String layer, double share) {
        return Map.of(
                "modelId",
                model,
                "method",
                method(layer, share),
                "mining",
                Map.of("prefix", 6, "suffix", 6, "most", 100));
    }

    private static Map<String, Object> method(String layer, double share) {
        return Map.of(
                "name",
                "curvature-edit",
                "layers",
                layers(layer, share),
                "curvature",
                Map.of("tokens", 100_000, "labels", "SAMPLED", "partTokens", 16, "seed", 1),
                "protect",
                List.of(),
                "aim",
                "MEMORISATION");
    }

    private static List<Map<String, Object>> layers(String layer, double share) {
        return List.of(
                Map.of("layer", layer, "keptShare", share),
                Map.of("layer", "transformer.h.0.mlp.c_fc", "keptShare", share));
    }

    private static String dataset(Caller engineer) {
        return dataset(engineer, 40);
    }

    private static String dataset(Caller engineer, int texts) {
        var random = new Random(3);
        var lines = IntStream.range(0, texts)
                .mapToObj(i -> random.ints(14, 0, WORDS.size())
                        .mapToObj(WORDS::get)
                        .collect(Collectors.joining(" ", "{\"text\":\"", "\"}")))
                .collect(Collectors.joining("\n"));
        var id = engineer.post("/v1/datasets", Map.of("name", "strings", "format", Map.of("name", "text")))
                .with(201)
                .text("id");
        engineer.put("/v1/datasets/" + id + "/parts/records", lines.getBytes(UTF_8))
                .with(200);
        return id;
    }

    private static String model(Caller engineer, String policy) {
        return engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "reciter",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "language-model", "sizes", LanguageModels.SIZES)))
                .with(201)
                .text("id");
    }

    private static String trained(Caller engineer, String model, String dataset, int epochs) {
        var order = new HashMap<>(LanguageModels.training(dataset, epochs));
        order.put("modelId", model);
        var run = engineer.post("/v1/training-runs", order).with(202).text("id");
        var ended = await(() -> engineer.get("/v1/runs/" + run).body(), now -> now.has("endedAt"));
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
        return ended.get("candidateVersionId").asString();
    }

    private static JsonNode ended(Caller caller, String run) {
        return await(
                () -> caller.get("/v1/runs/" + run).body(),
                body -> body.get("state").asString().matches("awaiting_approval|failed|succeeded"));
    }

    private static JsonNode await(Supplier<JsonNode> look, Predicate<JsonNode> good) {
        return Awaitility.await().atMost(Duration.ofSeconds(120)).until(look::get, good);
    }
}
