package io.expunge.run;

import static io.expunge.evidence.WholePathIT.await;
import static io.expunge.evidence.WholePathIT.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.catalog.Artifacts;
import io.expunge.catalog.TrainingSets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Orders ensembles over HTTP; what its tests share. */
abstract class EnsembleHttpTest extends HttpTest {

    static final int RECORDS_OF_A_PERSON = 20;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    List<LightTask> tasks;

    @Autowired
    Ensembles ensembles;

    @Autowired
    TrainingSets sets;

    @Autowired
    Artifacts artifacts;

    Caller engineer;
    Caller officer;
    Caller intake;

    @BeforeEach
    void callers() {
        engineer = as("ENGINEER");
        officer = as("PRIVACY_OFFICER");
        intake = as("INTAKE");
        for (var automatic : List.of(true, false)) {
            var name = automatic ? "ensemble-swift" : "ensemble-idle";
            var policy = new HashMap<>(policy(name, List.of(Map.of("name", "exact-retraining", "seed", 5))));
            policy.put("automatic", automatic);
            policy.put("references", 1);
            if (officer.get("/v1/policies/" + name).status() != 200) {
                officer.putJson("/v1/policies/" + name, policy).with(200);
            }
        }
    }

    static Map<String, Object> body(String model, String kind, int members, long seed, List<String> requests) {
        var body =
                new HashMap<String, Object>(Map.of("modelId", model, "kind", kind, "members", members, "seed", seed));
        if (!requests.isEmpty()) {
            body.put("requestIds", requests);
        }
        return body;
    }

    Answer order(String model, String kind, int members, long seed, List<String> requests) {
        return engineer.post("/v1/ensemble-runs", body(model, kind, members, seed, requests));
    }

    String ordered(String model, String kind, int members, long seed) {
        return ordered(model, kind, members, seed, List.of());
    }

    String ordered(String model, String kind, int members, long seed, List<String> requests) {
        return order(model, kind, members, seed, requests).with(202).text("id");
    }

    JsonNode ended(String run) {
        return await(() -> engineer.get("/v1/runs/" + run).body(), body -> body.has("endedAt"));
    }

    void succeeded(String run) {
        var ended = ended(run);
        assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("succeeded");
    }

    int ensemble(String id, String field) {
        return engineer.get("/v1/ensembles/" + id).with(200).body().get(field).asInt();
    }

    String champion(String model) {
        return engineer.get("/v1/models/" + model).text("champion");
    }

    String untrained(Map<String, Object> architecture) {
        return engineer.post("/v1/models", Map.of("name", "people", "architecture", architecture))
                .with(201)
                .text("id");
    }

    static List<String> people(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    String request(List<String> people) {
        return filed(Map.of("subjects", people));
    }

    String filed(Map<String, ?> scope) {
        var request = new HashMap<String, Object>(scope);
        request.put("regulation", "gdpr");
        request.put("submittedAt", Instant.now().toString());
        return intake.post("/v1/erasure-requests", request).with(202).text("id");
    }

    void state(String request, String wanted) {
        await(
                () -> officer.get("/v1/erasure-requests/" + request).body(),
                body -> body.get("state").asString().equals(wanted));
    }

    String trail(String subject) {
        return officer.get("/v1/audit/entries?limit=500&subjectId=" + subject)
                .body()
                .get("items")
                .toString()
                .replace("\\\"", "\"");
    }

    long shards(String run) {
        return jdbc.sql("select count(*) from edit_task where task_name = 'shard' and task_instance like ?")
                .param(run + "/%")
                .query(Long.class)
                .single();
    }

    Set<Path> files(String id) {
        return new HashSet<>(jdbc.sql("""
                        select e.controller_id, encode(m.key, 'hex') from ensemble_member m
                        join ensemble e on e.id = m.ensemble_id where e.id = ?
                        """)
                .param(UUID.fromString(id))
                .query((row, i) -> artifacts.member(row.getObject(1, UUID.class), row.getString(2)))
                .list());
    }

    void task(String name) {
        tasks.stream().filter(task -> task.name().equals(name)).forEach(LightTask::execute);
    }
}
