package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.catalog.Fixtures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Every connection of the service is cut, again and again, in the middle of its work. */
class DatabaseLossIT extends HttpTest {

    private static final int CALLERS = 4;
    private static final int REQUESTS = 60;

    @Autowired
    private JdbcConnectionDetails details;

    @Test
    void everyRequestIsFiledOnceThoughConnectionsBreakUnderIt() throws Exception {
        var intake = as("INTAKE");
        var auditor = as("AUDITOR");
        var refused = new AtomicInteger();
        List<String> filed = new ArrayList<>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = new ArrayList<Future<List<String>>>();
            for (int i = 0; i < CALLERS; i++) {
                sent.add(callers.submit(() -> file(intake, refused)));
            }
            while (sent.stream().anyMatch(future -> !future.isDone())) {
                cut();
                Thread.sleep(60);
            }
            for (var future : sent) {
                filed.addAll(future.get());
            }
        }
        assertThat(refused.get()).as("the cuts were felt").isPositive();
        assertThat(filed).hasSize(CALLERS * REQUESTS).doesNotHaveDuplicates();
        for (var id : filed) {
            Awaitility.await()
                    .until(() -> intake.get("/v1/erasure-requests/" + id).status() == 200);
        }
        assertThat(owner().queryForObject(
                                "select count(*) from erasure_request where external_id = 'under cuts'", Integer.class))
                .isEqualTo(filed.size());
        assertThat(owner().queryForObject(
                                "select count(*) from audit_entry e join erasure_request r on r.id = e.subject_id"
                                        + " where e.action = 'erasure.received' and r.external_id = 'under cuts'",
                                Integer.class))
                .isEqualTo(filed.size());
        assertThat(auditor.get("/v1/audit/verification")
                        .with(200)
                        .body()
                        .get("whole")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aRunGoesOnAndPublishesOnce() throws Exception {
        var engineer = as("ENGINEER");
        var dataset = Fixtures.table(engineer);
        var model = engineer.post("/v1/models", Fixtures.MODEL).with(201).text("id");
        var recipe = new HashMap<>(Fixtures.RECIPE);
        recipe.put("epochs", 400);
        var run = engineer.post(
                        "/v1/training-runs",
                        Map.of("modelId", model, "data", Map.of("datasetId", dataset), "recipe", recipe, "seed", 1))
                .with(202)
                .text("id");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> state(engineer, run).matches("running|succeeded"));
        int cuts = 0;
        for (int i = 0; i < 8 && state(engineer, run).equals("running"); i++) {
            cuts += cut();
            Thread.sleep(150);
        }
        assertThat(cuts).as("connections were cut while it ran").isPositive();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> state(engineer, run).equals("succeeded"));
        var versions =
                engineer.get("/v1/models/" + model + "/versions").with(200).body();
        assertThat(versions.size()).isEqualTo(1);
        assertThat(versions.get(0).get("state").asString()).isEqualTo("published");
    }

    /** Sends each request under its key until it is acknowledged, as a careful client does. */
    private static List<String> file(Caller intake, AtomicInteger refused) throws InterruptedException {
        var filed = new ArrayList<String>();
        for (int i = 0; i < REQUESTS; i++) {
            var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
            var body = Map.of(
                    "regulation",
                    "gdpr",
                    "submittedAt",
                    Instant.now().toString(),
                    "externalId",
                    "under cuts",
                    "subjects",
                    List.of("nobody-" + key.hashCode()));
            var answer = intake.post("/v1/erasure-requests", body, key);
            while (answer.status() != 202) {
                assertThat(answer.status()).as(answer.body().toString()).isEqualTo(503);
                assertThat(answer.headers().getFirst("Retry-After")).isNotNull();
                refused.incrementAndGet();
                Thread.sleep(20);
                answer = intake.post("/v1/erasure-requests", body, key);
            }
            filed.add(answer.text("id"));
        }
        return filed;
    }

    private static String state(Caller engineer, String run) {
        var answer = engineer.get("/v1/runs/" + run);
        assertThat(answer.status()).isIn(200, 503);
        return answer.status() == 200 ? answer.text("state") : "unknown";
    }

    private int cut() {
        return owner().queryForList(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where datname = current_database() and pid <> pg_backend_pid()",
                        Boolean.class)
                .size();
    }

    private JdbcTemplate owner() {
        return new JdbcTemplate(
                new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()));
    }
}
