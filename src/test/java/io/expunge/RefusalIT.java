package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Requests that no person meant: each is answered by a 4xx that names the field, and leaves nothing behind. */
class RefusalIT extends HttpTest {

    private static final List<String> TABLES =
            List.of("dataset", "model", "version", "erasure_request", "run", "policy", "api_key", "controller");

    @Autowired
    private JdbcClient database;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST /v1/datasets          | {"name":"a","format":{"name":"csv","columns":[{"name":"a","kind":"numeric"},{"name":"b","kind":"numeric"}]}} | format.columns
            POST /v1/datasets          | {"name":"a","format":{"name":"csv","columns":[{"name":"a","kind":"label"},{"name":"a","kind":"numeric"}]}}   | format.columns[1].name
            POST /v1/datasets          | {"name":"a","format":{"name":"csv","columns":[{"name":"a","kind":"label"},{"name":"b","kind":"colour"}]}}    | format.columns[1].kind
            POST /v1/datasets          | {"name":"a","format":{"name":"parquet"}}              | format
            POST /v1/datasets          | {"name":"a","format":{"name":"idx","subject":true}}   | format.subject
            POST /v1/datasets          | {"name":"","format":{"name":"idx"}}                   | name
            POST /v1/datasets          | {"name":"a\\u0000b","format":{"name":"idx"}}          | name
            POST /v1/datasets          | {"format":{"name":"idx"}}                             | name
            POST /v1/datasets          | {"name":                                              | line 1
            POST /v1/datasets          | []                                                    | body
            POST /v1/models            | {"name":"m","architecture":{"name":"mlp","inputs":0,"hidden":[4],"classes":2}}            | inputs
            POST /v1/models            | {"name":"m","architecture":{"name":"mlp","inputs":3,"hidden":[],"classes":2}}             | hidden
            POST /v1/models            | {"name":"m","architecture":{"name":"mlp","inputs":3,"hidden":[4],"classes":1}}            | classes
            POST /v1/models            | {"name":"m","architecture":{"name":"mlp","inputs":"many","hidden":[4],"classes":2}}       | inputs
            POST /v1/models            | {"name":"m","architecture":{"name":"transformer"}}                                        | architecture
            POST /v1/models            | {"name":"m","architecture":{"name":"small-cnn","channels":1,"height":4,"width":8,"classes":2}} | height
            POST /v1/models            | {"name":"m","architecture":{"name":"mlp","inputs":3,"hidden":[4],"classes":2},"colour":1} | colour
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","subjects":[]}                  | subjects
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","subjects":["  "]}              | subjects[0]
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"yesterday","subjects":["a"]}                          | submittedAt
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","subjects":"a"}                 | subjects
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","subjects":[null]}              | subjects
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","subjects":["a"],"externalId":"a\\u0000"} | externalId
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"+300000-01-01T00:00:00Z","subjects":["a"]}            | submittedAt
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"-300000-01-01T00:00:00Z","subjects":["a"]}            | submittedAt
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","records":[{"datasetId":"0198f8a0-0000-7000-8000-000000000000","ordinals":[-1]}]} | ordinals
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","records":[{"datasetId":"0198f8a0-0000-7000-8000-000000000000","ordinals":[]}]}   | ordinals
            POST /v1/erasure-requests  | {"regulation":"gdpr","submittedAt":"2026-01-01T00:00:00Z","records":[{"datasetId":"here","ordinals":[1]}]} | records[0].datasetId
            PUT /v1/policies/p         | {"name":"p","methods":[],"references":1,"approval":"person","automatic":true,"waitSeconds":0}             | methods
            PUT /v1/policies/p         | {"name":"q","methods":[{"name":"exact-retraining","seed":1}],"references":1,"approval":"person","automatic":true,"waitSeconds":0}  | name
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"exact-retraining","seed":1}],"references":99,"approval":"person","automatic":true,"waitSeconds":0} | references
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"magic"}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | methods[0]
            PUT /v1/policies/p         | {"name":"p","methods":[null],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | methods
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"exact-retraining"}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | seed
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"neggrad-plus","retainShare":1.5,"schedule":{"epochs":1,"batchSize":8,"learningRate":0.1,"momentum":0,"weightDecay":0,"seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | retainShare
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"fine-tuning","schedule":{"epochs":0,"batchSize":8,"learningRate":0.1,"momentum":0,"weightDecay":0,"seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | epochs
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"fine-tuning","schedule":{"epochs":1,"batchSize":8,"learningRate":-1,"momentum":0,"weightDecay":0,"seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | learningRate
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"fine-tuning","schedule":{"epochs":1,"batchSize":8,"learningRate":1e999,"momentum":0,"weightDecay":0,"seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | learningRate
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"prune-then-unlearn","sparsity":1,"rewindEpochs":1,"inner":{"name":"exact-retraining","seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | sparsity
            PUT /v1/policies/p         | {"name":"p","methods":[{"name":"prune-then-unlearn","sparsity":0.5,"rewindEpochs":1,"inner":{"name":"exact-retraining","seed":1}}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | inner
            PUT /v1/policies/P_        | {"name":"P_","methods":[{"name":"exact-retraining","seed":1}],"references":1,"approval":"person","automatic":true,"waitSeconds":0} | name
            POST /v1/api-keys          | {"name":"k","roles":["ROOT"]}                               | roles[0]
            POST /v1/api-keys          | {"name":"k","roles":[]}                                     | roles
            POST /v1/api-keys          | {"name":"k","roles":["ADMIN"],"expiresAt":"2020-01-01T00:00:00Z"} | expiresAt
            POST /v1/controllers       | {"name":"c","timeZone":"Mars/Olympus"}                      | timeZone
            GET /v1/datasets?limit=0                |  | limit
            GET /v1/datasets?limit=many             |  | limit
            GET /v1/datasets?cursor=x               |  | cursor
            GET /v1/runs?state=asleep               |  | state
            GET /v1/erasure-requests?state=asleep   |  | state
            GET /v1/erasure-requests?dueBefore=soon |  | dueBefore
            GET /v1/datasets/not-an-id              |  | id
            GET /v1/audit/entries?subjectId=x       |  | subjectId
            GET /v1/audit/verification?entries=3    |  | head
            GET /v1/audit/verification?entries=3&head=xyz |  | head
            """)
    void isRefusedByItsField(String line, String body, String field) {
        var everybody = as("INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
        var before = rows();
        var path = line.substring(line.indexOf(' ') + 1).strip();
        var answer = line.startsWith("GET")
                ? everybody.get(path)
                : line.startsWith("POST") ? everybody.post(path, body) : everybody.putText(path, body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(400);
        assertThat(answer.headers().getFirst("Content-Type")).startsWith("application/problem+json");
        var detail = answer.body().get("detail").asString();
        assertThat(detail).contains(field).doesNotContain("Exception", "java.", "tools.", "io.expunge");
        if (!field.startsWith("line")) {
            assertThat(answer.body().get("errors").get(0).get("field").asString())
                    .contains(field);
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void theSameKeySentManyTimesAtOnceMakesOneThing() throws Exception {
        var engineer = as("ENGINEER", "INTAKE");
        var model = Map.of(
                "name", "m", "architecture", Map.of("name", "mlp", "inputs", 3, "hidden", List.of(4), "classes", 2));
        var request = Map.of("regulation", "gdpr", "submittedAt", Instant.now().toString(), "subjects", List.of("zoe"));
        for (var creation : Map.of(
                        "/v1/datasets",
                        Map.of("name", "d", "format", Map.of("name", "idx")),
                        "/v1/models",
                        model,
                        "/v1/erasure-requests",
                        request)
                .entrySet()) {
            var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
            var answers = new ArrayList<Answer>();
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                var sent = new ArrayList<java.util.concurrent.Future<Answer>>();
                for (int i = 0; i < 12; i++) {
                    sent.add(callers.submit(() -> engineer.post(creation.getKey(), creation.getValue(), key)));
                }
                for (var answer : sent) {
                    answers.add(answer.get());
                }
            }
            assertThat(answers).extracting(Answer::status).isSubsetOf(201, 202, 409);
            assertThat(answers.stream().filter(answer -> answer.status() < 300).map(answer -> answer.text("id")))
                    .isNotEmpty()
                    .containsOnly(engineer.post(creation.getKey(), creation.getValue(), key)
                            .text("id"));
            var other = new HashMap<String, Object>(creation.getValue());
            other.put(other.containsKey("name") ? "name" : "externalId", "another");
            var refused = engineer.post(creation.getKey(), other, key).with(422);
            assertThat(refused.body().get("errors").get(0).get("field").asString())
                    .isEqualTo("Idempotency-Key");
        }
    }

    @Test
    void anotherMediaTypeOrVerbIsRefused() {
        var engineer = as("ENGINEER");
        assertThat(engineer.delete("/v1/datasets").status()).isEqualTo(405);
        assertThat(engineer.get("/v1/nothing-here").status()).isEqualTo(404);
        assertThat(engineer.get("/v1/models/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    private Map<String, Long> rows() {
        var rows = new TreeMap<String, Long>();
        TABLES.forEach(table -> rows.put(
                table,
                database.sql("select count(*) from " + table).query(Long.class).single()));
        return rows;
    }
}
