package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Methods that match outputs, from the order to what the run did. */
class MatchingIT extends HttpTest {

    private static final Map<String, Object> MATCHING = Map.of(
            "forgetRepeats", 5,
            "retainMultiple", 5,
            "epochs", 4,
            "batchSize", 32,
            "learningRate", 0.003,
            "schedule", "COSINE",
            "seed", 1);
    private static final Map<String, Object> RETRAINING = Map.of("name", "exact-retraining", "seed", 5);

    private Caller engineer;
    private Caller officer;
    private Caller intake;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
        intake = as("INTAKE");
        made("matched", List.of(RETRAINING));
        made("matched-many", List.of(matching("TRAK")));
        made("datamodels-first", List.of(matching("DATAMODELS"), RETRAINING));
    }

    private void made(String name, List<Map<String, Object>> methods) {
        var policy = new HashMap<>(policy(name, methods));
        policy.put("automatic", false);
        policy.put("references", 1);
        if (name.equals("matched-many")) {
            policy.put("divergenceModels", 10);
        }
        if (officer.get("/v1/policies/" + name).status() != 200) {
            officer.putJson("/v1/policies/" + name, policy).with(200);
        }
    }

    @Test
    void aPersonIsForgottenByMatchingWhatTrakPredicts() {
        var model = trainedModel(engineer, "matched", "trak-");
        request("trak-1", "trak-2", "trak-3");
        var run = ordered(model, matching("TRAK"));
        assertThat(trail(run)).contains("run.judged", "datamodel-matching").doesNotContain("run.method-unserved");
    }

    @Test
    void datamodelsAreEstimatedFromTheEnsembleOfTheVersion() {
        var model = trainedModel(engineer, "matched", "halves-");
        refused(order(model, matching("DATAMODELS")), "ensemble of halves");
        ensemble(Map.of("modelId", model, "kind", "halves", "members", 20, "seed", 4));
        request("halves-1", "halves-2", "halves-3");
        refused(order(model, matching("DATAMODELS")), "at least 40");
        ensemble(Map.of("modelId", model, "kind", "halves", "members", 60, "seed", 4));
        var run = ordered(model, matching("DATAMODELS"));
        assertThat(trail(run)).contains("run.judged", "datamodel-matching").doesNotContain("run.method-unserved");
    }

    @Test
    void whatWasForetoldIsHeldAgainstRetrainedNetworks() {
        var model = trainedModel(engineer, "matched-many", "explained-");
        request("explained-1", "explained-2", "explained-3", "explained-4");
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "policy", "matched-many"))
                .with(202)
                .text("id");
        ended(run);
        assertThat(trail(run)).contains("run.judged");
        var divergence =
                officer.get("/v1/runs/" + run + "/evidence").with(200).body().get("divergence");
        var prediction = divergence.get("prediction");
        assertThat(prediction.get("explained").asDouble()).isLessThan(1).isNotZero();
        assertThat(prediction.get("divergence").get("mean").asDouble()).isPositive();
    }

    @Test
    void theOracleNeedsNetworksThatWereRetrainedForTheseVeryRequests() {
        var model = trainedModel(engineer, "matched", "oracle-");
        var first = request("oracle-1", "oracle-2", "oracle-3");
        var oracle = Map.of("name", "oracle-matching", "matching", MATCHING);
        refused(order(model, oracle, first), "retrained without the records of exactly these requests");
        ensemble(Map.of("modelId", model, "kind", "retrained", "members", 4, "seed", 2, "requestIds", List.of(first)));
        var run = order(model, oracle, first).with(202).text("id");
        ended(run);
        assertThat(trail(run)).contains("run.judged", "oracle-matching").doesNotContain("run.method-unserved");
    }

    @Test
    void whatAnAttributionCannotServeFallsToTheNextMethodOfThePolicy() {
        var model = trainedModel(engineer, "datamodels-first", "unserved-");
        var filed = request("unserved-1", "unserved-2", "unserved-3");
        var run = engineer.post("/v1/unlearning-runs", Map.of("modelId", model, "requestIds", List.of(filed)))
                .with(202)
                .text("id");
        var ended = ended(run);
        assertThat(ended.get("method").get("name").asString()).isEqualTo("exact-retraining");
        assertThat(trail(run)).contains("run.method-unserved", "ensemble of halves", "run.next-method");
    }

    @Test
    void moreRecordsThanALinearPredictionBearsAreNotMatched() {
        var model = trainedModel(engineer, "matched", "crowd-");
        request(java.util.stream.IntStream.range(0, 45)
                .mapToObj(i -> "crowd-" + i)
                .toArray(String[]::new));
        var run = ordered(model, matching("TRAK"));
        assertThat(trail(run)).contains("run.method-unserved", "is trusted up to 30 %", "run.next-method");
        assertThat(ended(run).get("method").get("name").asString()).isEqualTo("exact-retraining");
    }

    private static Map<String, Object> matching(String estimator) {
        return Map.of("name", "datamodel-matching", "estimator", estimator, "multiplier", 1, "matching", MATCHING);
    }

    private static void refused(Answer answer, String reason) {
        answer.with(422);
        assertThat(answer.body().toString()).contains(reason, "method");
    }

    private Answer order(String model, Map<String, Object> method, String... requests) {
        var body = new HashMap<String, Object>(Map.of("modelId", model, "method", method));
        if (requests.length > 0) {
            body.put("requestIds", List.of(requests));
        }
        return engineer.post("/v1/unlearning-runs", body);
    }

    /** A run by this method, at its end or before a person. */
    private String ordered(String model, Map<String, Object> method) {
        var run = order(model, method).with(202).text("id");
        ended(run);
        return run;
    }

    private JsonNode ended(String run) {
        return await(
                () -> engineer.get("/v1/runs/" + run).body(),
                body -> body.has("endedAt") || body.get("state").asString().equals("awaiting_approval"));
    }

    @Test
    void anEnsembleSaysHowWellItPredicts() {
        var model = trainedModel(engineer, "matched", "scored-");
        var id = ensemble(Map.of("modelId", model, "kind", "halves", "members", 150, "seed", 6));
        var measured = engineer.get("/v1/ensembles/" + id).with(200).body().get("attribution");
        assertThat(measured.get("estimated").asInt()).isEqualTo(135);
        assertThat(measured.get("heldOut").asInt()).isEqualTo(15);
        assertThat(measured.get("points").asInt()).isEqualTo(200);
        assertThat(measured.get("score").asDouble())
                .isBetween(measured.get("low").asDouble(), measured.get("high").asDouble())
                .isBetween(-1.0, 1.0);
        var few = ensemble(Map.of("modelId", model, "kind", "halves", "members", 20, "seed", 6));
        assertThat(engineer.get("/v1/ensembles/" + few).with(200).body().has("attribution"))
                .isFalse();
    }

    private String ensemble(Map<String, Object> order) {
        var id = engineer.post("/v1/ensemble-runs", order).with(202).text("id");
        assertThat(ended(id).get("state").asString()).isEqualTo("succeeded");
        return id;
    }

    private String request(String... people) {
        var id = intake.post(
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
        return id;
    }

    private String trail(String subject) {
        return officer.get("/v1/audit/entries?limit=500&subjectId=" + subject)
                .body()
                .get("items")
                .toString();
    }
}
