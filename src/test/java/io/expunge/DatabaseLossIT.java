package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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

    private static final String SUBMITTED = "2026-01-07T11:22:33Z";

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
                                "select count(*) from erasure_request where submitted_at = ?::timestamptz",
                                Integer.class,
                                SUBMITTED))
                .isEqualTo(filed.size());
        assertThat(owner().queryForObject(
                                "select count(*) from audit_entry e join erasure_request r on r.id = e.subject_id"
                                        + " where e.action = 'erasure.received' and r.submitted_at = ?::timestamptz",
                                Integer.class,
                                SUBMITTED))
                .isEqualTo(filed.size());
        assertThat(auditor.get("/v1/audit/verification")
                        .with(200)
                        .body()
                        .get("whole")
                        .asBoolean())
                .isTrue();
    }

    /** Sends each request under its key until it is acknowledged, as a careful client does. */
    private static List<String> file(Caller intake, AtomicInteger refused) throws InterruptedException {
        var filed = new ArrayList<String>();
        for (int i = 0; i < REQUESTS; i++) {
            var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
            var body = Map.of(
                    "regulation", "gdpr", "submittedAt", SUBMITTED, "subjects", List.of("nobody-" + key.hashCode()));
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
