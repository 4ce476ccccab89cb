package io.expunge.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.expunge.HttpTest;
import io.expunge.evidence.WholePathIT;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Standing orders through HTTP, with real data, requests and runs. */
abstract class ScheduleIT extends HttpTest {

    static final Map<String, Object> RETRAIN = Map.of("name", "exact-retraining", "seed", 5);

    @Autowired
    JdbcClient jdbc;

    /** 600 records of three ages, without people. */
    String dated(LocalDate today) {
        var engineer = as("ENGINEER");
        var columns = List.of(
                Map.of("name", "since", "kind", "date"),
                Map.of("name", "a", "kind", "numeric"),
                Map.of("name", "b", "kind", "numeric"),
                Map.of("name", "label", "kind", "label"));
        var id = engineer.post(
                        "/v1/datasets", Map.of("name", "dated", "format", Map.of("name", "csv", "columns", columns)))
                .with(201)
                .text("id");
        var random = new Random(2);
        var rows = new StringBuilder("since,a,b,label\n");
        for (int i = 0; i < 600; i++) {
            var since = switch (i % 6) {
                case 0, 1 -> today.minusYears(3).toString();
                case 2 -> today.minusYears(2).minusDays(1) + "T12:00:00Z";
                case 3 -> today.minusYears(2).toString();
                case 4 -> today.minusDays(5).toString();
                default -> "";
            };
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows.append(since).append(',').append(a).append(',').append(b).append(',');
            rows.append(a + b > 0 ? "yes" : "no").append('\n');
        }
        engineer.put("/v1/datasets/" + id + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        return id;
    }

    String trained(String dataset, String policy) {
        var engineer = as("ENGINEER");
        var model = engineer.post(
                        "/v1/models",
                        Map.of(
                                "name",
                                "dated",
                                "policy",
                                policy,
                                "architecture",
                                Map.of("name", "mlp", "inputs", 2, "hidden", List.of(8), "classes", 2)))
                .with(201)
                .text("id");
        var recipe = Map.of(
                "epochs",
                5,
                "batchSize",
                64,
                "learningRate",
                0.1,
                "momentum",
                0.9,
                "weightDecay",
                1e-4,
                "schedule",
                "COSINE",
                "augment",
                false);
        var run = engineer.post(
                        "/v1/training-runs",
                        Map.of(
                                "modelId",
                                model,
                                "data",
                                Map.of("datasetId", dataset, "testFraction", 0.3),
                                "recipe",
                                recipe,
                                "seed",
                                3))
                .with(202)
                .text("id");
        await(engineer, "/v1/runs/" + run, "succeeded");
        return model;
    }

    void policy(String name, boolean automatic) {
        var policy = new HashMap<>(WholePathIT.policy(name, List.of(RETRAIN)));
        policy.put("automatic", automatic);
        policy.put("references", 1);
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + name, policy).with(200);
    }

    static Map<String, Object> request(List<String> people) {
        return Map.of("regulation", "gdpr", "submittedAt", Instant.now().toString(), "subjects", people);
    }

    static List<String> twelve(String prefix) {
        return IntStream.range(0, 12).mapToObj(i -> prefix + i).toList();
    }

    static Map<String, Object> body(Map<String, ?> own) {
        var body = new HashMap<String, Object>();
        body.put("name", "order " + UUID.randomUUID());
        body.put("cron", "30 2 * * *");
        body.put("timeZone", "UTC");
        body.putAll(own);
        return body;
    }

    String create(Map<String, ?> own) {
        return create(as("PRIVACY_OFFICER"), own);
    }

    static String create(Caller officer, Map<String, ?> own) {
        return officer.post("/v1/schedules", body(own)).with(201).text("id");
    }

    void due(String id, Instant at) {
        jdbc.sql("update schedule set next_at = ? where id = ?")
                .params(Timestamp.from(at), UUID.fromString(id))
                .update();
    }

    static void await(Caller caller, String path, String state) {
        WholePathIT.await(
                () -> caller.get(path).body(),
                body -> body.get("state").asString().equals(state));
    }

    /** The newest of so many firings, all of which have ended. */
    JsonNode ended(String id, int count) {
        return WholePathIT.await(
                        () -> as("AUDITOR")
                                .get("/v1/schedules/" + id + "/firings")
                                .body(),
                        body -> body.get("items").size() == count
                                && body.get("items").valueStream().allMatch(one -> one.has("endedAt")))
                .get("items")
                .get(0);
    }
}
