package io.expunge.evidence;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.dataset;
import static io.expunge.evidence.WholePathIT.modelOf;
import static io.expunge.evidence.WholePathIT.policy;
import static io.expunge.evidence.WholePathIT.trainedModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** People who asked to be forgotten are met again: in other data, in other models, in what comes from elsewhere. */
class ResurrectionIT extends HttpTest {

    private static final int RECORDS_OF_A_PERSON = 20;

    @Test
    void whomNoModelKnewWhenTheyAskedIsLearnedByNoneNotEvenFromDataThatCameLater() {
        var engineer = as("ENGINEER");
        var intake = as("INTAKE");
        var before = dataset(engineer, "r-");
        var request = request(intake, Map.of("subjects", List.of("r-20", "r-21")));
        ended(intake, request, "completed");
        var after = dataset(engineer, "r-");
        for (var dataset : List.of(before, after)) {
            assertThat(version(engineer, modelOf(engineer, "default", dataset))
                            .get("forgotten")
                            .asInt())
                    .isEqualTo(2 * RECORDS_OF_A_PERSON);
        }
    }

    @Test
    void aRequestThatLooksInOneDataSetLeavesTheOthersAlone() {
        var engineer = as("ENGINEER");
        var intake = as("INTAKE");
        var one = dataset(engineer, "s-");
        var other = dataset(engineer, "s-");
        var request = request(intake, Map.of("subjects", List.of("s-20"), "datasetIds", List.of(one)));
        ended(intake, request, "completed");
        assertThat(version(engineer, modelOf(engineer, "default", other))
                        .get("forgotten")
                        .asInt())
                .isZero();
    }

    @Test
    void aVersionFromElsewhereThatKnowsThemOpensTheirRequestAgain() {
        var engineer = as("ENGINEER");
        var intake = as("INTAKE");
        var officer = as("PRIVACY_OFFICER");
        var patient = new HashMap<>(policy("patient", List.of(Map.of("name", "exact-retraining", "seed", 5))));
        patient.put("automatic", false);
        officer.putJson("/v1/policies/patient", patient).with(200);
        var like = version(engineer, trainedModel(engineer, "patient", "u-"));
        var weights = engineer.download("/v1/versions/" + like.get("id").asString() + "/files/model.safetensors");
        var dataset = dataset(engineer, "t-");
        var people = List.of("t-20", "t-21", "t-22", "t-23", "t-24", "t-25", "t-26", "t-27");
        var request = request(intake, Map.of("subjects", people));
        ended(intake, request, "completed");

        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "imported",
                                "policy",
                                "patient",
                                "architecture",
                                Map.of("name", "mlp", "inputs", 2, "hidden", List.of(32), "classes", 2)))
                .with(201)
                .text("id");
        var version = engineer.post(
                        "/v1/models/" + model + "/versions",
                        Map.of(
                                "data", Map.of("datasetId", dataset),
                                "recipe", JSON.convertValue(like.get("recipe"), Map.class),
                                "seed", like.get("seed").asLong()))
                .with(201)
                .text("id");
        engineer.put("/v1/versions/" + version + "/weights", weights).with(200);
        var open = intake.get("/v1/erasure-requests/" + request).body();
        assertThat(open.get("state").asString()).isEqualTo("resolved");
        assertThat(open.get("targets").get(0).get("modelId").asString()).isEqualTo(model);
        assertThat(open.get("targets").get(0).get("records").asInt()).isPositive();
        assertThat(open.has("completedAt")).isFalse();
    }

    private static String request(Caller intake, Map<String, ?> scope) {
        var body = new HashMap<String, Object>(
                Map.of("regulation", "gdpr", "submittedAt", Instant.now().toString()));
        body.putAll(scope);
        return intake.post("/v1/erasure-requests", body).with(202).text("id");
    }

    private static void ended(Caller intake, String request, String state) {
        await(
                () -> intake.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals(state));
    }

    private static JsonNode version(Caller engineer, String model) {
        return engineer.get(
                        "/v1/versions/" + engineer.get("/v1/models/" + model).text("champion"))
                .body();
    }
}
