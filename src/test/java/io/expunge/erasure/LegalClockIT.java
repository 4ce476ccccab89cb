package io.expunge.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class LegalClockIT extends HttpTest {

    @Autowired
    private JdbcClient database;

    @Autowired
    private DeadlineWatch watch;

    @Test
    void thePeriodIsExtendedOnceInsideTheFirstOneAfterThePersonWasTold() {
        var officer = as("PRIVACY_OFFICER");
        var id = filed("gdpr", Instant.now().minus(Duration.ofDays(10)));
        var before = officer.get(clock(id, "clock")).with(200).body();
        assertThat(before.get("overdue").asBoolean()).isFalse();
        assertThat(before.get("hoursLeft").asLong()).isBetween(17L * 24, 22L * 24);
        assertThat(before.has("acknowledgeBy")).isFalse();

        var told = Instant.now().minusSeconds(60).toString();
        assertThat(officer.post(clock(id, "extend"), Map.of("reason", "boredom", "notifiedAt", told))
                        .with(400)
                        .text("detail"))
                .contains("reason");
        assertThat(officer.post(
                                clock(id, "extend"),
                                Map.of(
                                        "reason",
                                        "complexity",
                                        "notifiedAt",
                                        Instant.now().plusSeconds(600).toString()))
                        .with(400)
                        .text("detail"))
                .contains("notifiedAt");
        var extension = Map.of("reason", "complexity", "notifiedAt", told);
        as("INTAKE").post(clock(id, "extend"), extension).with(403);
        ofAnotherController("PRIVACY_OFFICER")
                .post(clock(id, "extend"), extension)
                .with(404);
        var after = officer.post(clock(id, "extend"), extension).with(200).body();
        var first = OffsetDateTime.parse(before.get("dueAt").asString());
        assertThat(OffsetDateTime.parse(after.get("firstDueAt").asString())).isEqualTo(first);
        assertThat(Duration.between(
                                first, OffsetDateTime.parse(after.get("dueAt").asString()))
                        .toDays())
                .isBetween(58L, 63L);
        officer.post(clock(id, "extend"), extension).with(409);
        assertThat(officer.get("/v1/erasure-requests/" + id).text("dueAt"))
                .isEqualTo(after.get("dueAt").asString());
        assertThat(trail(id)).contains("erasure.extended", "complexity");

        var late = filed("gdpr", Instant.now().minus(Duration.ofDays(40)));
        assertThat(officer.get(clock(late, "clock")).body().get("overdue").asBoolean())
                .isTrue();
        assertThat(officer.post(clock(late, "extend"), extension).with(409).text("detail"))
                .contains("is over");
    }

    @Test
    void aHeldRequestIsNotCarriedOutAndItsDeadlineStays() {
        var officer = as("PRIVACY_OFFICER");
        var id = filed("gdpr", Instant.now());
        var due = officer.get(clock(id, "clock")).text("dueAt");
        var held = officer.post(clock(id, "hold"), Map.of("ground", "legal_claims"))
                .with(200)
                .body();
        assertThat(held.get("holdGround").asString()).isEqualTo("legal_claims");
        assertThat(held.get("dueAt").asString()).isEqualTo(due);
        officer.post(clock(id, "hold"), Map.of("ground", "legal_claims")).with(409);
        assertThat(officer.post(clock(id, "release"), Map.of()).with(200).body().has("holdGround"))
                .isFalse();
        officer.post(clock(id, "release"), Map.of()).with(409);
        assertThat(trail(id)).contains("erasure.held", "erasure.released");
    }

    @Test
    void aRefusedRequestIsClosedWithItsGround() {
        var officer = as("PRIVACY_OFFICER");
        var id = filed("gdpr", Instant.now());
        var refused = officer.post(clock(id, "refuse"), Map.of("ground", "legal_obligation"))
                .with(200)
                .body();
        assertThat(refused.get("refusalGround").asString()).isEqualTo("legal_obligation");
        assertThat(refused.has("hoursLeft")).isFalse();
        assertThat(officer.get("/v1/erasure-requests/" + id).text("state")).isEqualTo("refused");
        officer.post(clock(id, "refuse"), Map.of("ground", "excessive")).with(409);
        officer.post(clock(id, "hold"), Map.of("ground", "legal_claims")).with(409);
        assertThat(trail(id)).contains("erasure.refused", "legal_obligation");
    }

    @Test
    void receiptIsConfirmedOnceAndTheLawOfCaliforniaSaysByWhen() {
        var intake = as("INTAKE");
        var id = filed("ccpa", Instant.now());
        var clock = intake.post(clock(id, "acknowledge"), Map.of()).with(200).body();
        assertThat(clock.has("acknowledgeBy")).isTrue();
        var at = clock.get("acknowledgedAt").asString();
        assertThat(intake.post(clock(id, "acknowledge"), Map.of()).with(200).text("acknowledgedAt"))
                .isEqualTo(at);
    }

    @Test
    void aReceiptThatNobodyConfirmsIsWarnedOfBeforeAndAfterItsDay() {
        var confirmed = filed("ccpa", Instant.now().minus(Duration.ofDays(20)));
        as("INTAKE").post(clock(confirmed, "acknowledge"), Map.of()).with(200);
        var late = filed("ccpa", Instant.now().minus(Duration.ofDays(20)));
        var european = filed("gdpr", Instant.now().minus(Duration.ofDays(20)));
        var fresh = filed("ccpa", Instant.now());
        // ten business days end on the twelfth to fourteenth day, and are told of three days before that day is over
        var soon = filed("ccpa", Instant.now().minus(Duration.ofDays(12)));
        watch.look();
        watch.look();
        assertThat(trail(late).split("erasure.acknowledgement-overdue", -1)).hasSize(2);
        assertThat(trail(soon)).contains("erasure.acknowledgement-due\"").doesNotContain("acknowledgement-overdue");
        for (var other : List.of(confirmed, european, fresh)) {
            assertThat(trail(other)).doesNotContain("acknowledgement-");
        }
        assertThat(new String(admin().download("/actuator/prometheus"), StandardCharsets.UTF_8))
                .contains("expunge_requests_unacknowledged");
    }

    @Test
    void everyDeadlineThatComesNearOrGoesByIsToldOnce() {
        var soon = filed("gdpr", Instant.now());
        due(soon, Instant.now().plus(Duration.ofDays(2)));
        var late = filed("gdpr", Instant.now());
        due(late, Instant.now().minusSeconds(60));
        watch.look();
        watch.look();
        assertThat(trail(soon))
                .contains("erasure.due-in-7-days", "erasure.due-in-3-days")
                .doesNotContain("due-in-1-days", "overdue");
        assertThat(trail(late)).contains("erasure.overdue");
        assertThat(trail(late).split("erasure.overdue", -1)).hasSize(2);
        assertThat(new String(admin().download("/actuator/prometheus"), StandardCharsets.UTF_8))
                .contains("expunge_requests_overdue", "expunge_requests_due_soon");
    }

    @Test
    void theForecastNamesWhatIsHeldAndWhatIsOverdue() {
        var officer = as("PRIVACY_OFFICER");
        var held = filed("gdpr", Instant.now());
        officer.post(clock(held, "hold"), Map.of("ground", "legal_claims")).with(200);
        var forecast = officer.get("/v1/forecast").with(200).body();
        assertThat(forecast.get("late").asInt()).isPositive();
        var ours = named(officer, held);
        assertThat(ours.get("late").asBoolean()).isTrue();
        assertThat(ours.get("reason").asString()).isEqualTo("held");
        assertThat(ours.has("expectedAt")).isFalse();
        var overdue = filed("gdpr", Instant.now().minus(Duration.ofDays(40)));
        var late = named(officer, overdue);
        assertThat(late.get("late").asBoolean()).isTrue();
        assertThat(late.get("reason").asString()).isEqualTo("queue");
        var stuck = filed("gdpr", Instant.now());
        database.sql("update erasure_request set state = 'ATTENTION' where id = ?")
                .param(stuck)
                .update();
        assertThat(named(officer, stuck).get("reason").asString()).isEqualTo("needs_person");
        var fine = filed("gdpr", Instant.now());
        assertThat(named(officer, fine).get("late").asBoolean()).isFalse();
        as("INTAKE").get("/v1/forecast").with(403);
        assertThat(ofAnotherController("PRIVACY_OFFICER")
                        .get("/v1/forecast")
                        .body()
                        .get("requests")
                        .size())
                .isZero();
    }

    private static JsonNode named(Caller officer, UUID request) {
        return officer.get("/v1/forecast")
                .body()
                .get("requests")
                .valueStream()
                .filter(one -> one.get("requestId").asString().equals(request.toString()))
                .findFirst()
                .orElseThrow();
    }

    private UUID filed(String regulation, Instant received) {
        var id = UUID.fromString(as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", regulation,
                                "submittedAt", received.atOffset(ZoneOffset.UTC).toString(),
                                "records",
                                        List.of(Map.of(
                                                "datasetId", UUID.randomUUID().toString(), "ordinals", List.of(0)))))
                .with(202)
                .text("id"));
        // of no data set here, it would be closed as no match in a second
        database.sql("update erasure_request set state = 'RESOLVED' where id = ?")
                .param(id)
                .update();
        return id;
    }

    private void due(UUID id, Instant at) {
        database.sql("update erasure_request set due_at = ? where id = ?")
                .params(java.sql.Timestamp.from(at), id)
                .update();
    }

    private static String clock(UUID id, String verb) {
        return "/v1/erasure-requests/" + id + "/" + verb;
    }

    private String trail(UUID id) {
        return as("AUDITOR")
                .get("/v1/audit/entries?limit=100&subjectId=" + id)
                .body()
                .get("items")
                .toString();
    }
}
