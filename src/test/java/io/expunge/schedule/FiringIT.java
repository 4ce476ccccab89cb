package io.expunge.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import io.expunge.shared.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** When standing orders are carried out, and what keeps them from it. */
class FiringIT extends ScheduleIT {

    @Autowired
    private ScheduleTable schedules;

    @Autowired
    private FiringTable firings;

    @Autowired
    private Executor executor;

    @Test
    void aTimeThatWasMissedIsMadeUpForOnceOrNotAtAll() {
        var officer = as("PRIVACY_OFFICER");
        var once = create(Map.of("name", "make up", "selection", Map.of("name", "listed")));
        var never = create(Map.of("name", "let go", "missed", "skip", "selection", Map.of("name", "listed")));
        var longAgo = Instant.now().minus(Duration.ofDays(10));
        due(once, longAgo);
        due(never, longAgo);
        assertThat(ended(once, 1).get("outcome").asString()).isEqualTo("nothing");
        assertThat(ended(never, 1).get("outcome").asString()).isEqualTo("skipped");
        for (var id : List.of(once, never)) {
            assertThat(officer.get("/v1/schedules/" + id + "/firings")
                            .body()
                            .get("items")
                            .size())
                    .as("once for ten days")
                    .isEqualTo(1);
            assertThat(OffsetDateTime.parse(officer.get("/v1/schedules/" + id).text("nextAt"))
                            .toInstant())
                    .isAfter(Instant.now());
        }
    }

    @Test
    void whatWasNotedBeforeTheProcessEndedIsDoneByWhoeverComesNext() {
        var officer = as("PRIVACY_OFFICER");
        policy("crash", false);
        WholePathIT.trainedModel(as("ENGINEER"), "crash", "crash-");
        var id = create(Map.of("name", "crashed", "selection", Map.of("name", "listed")));
        officer.putJson("/v1/schedules/" + id + "/subjects", Map.of("subjects", twelve("crash-")))
                .with(204);
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        var first = ended(id, 1);
        // as if it had ended after filing and before saying so
        jdbc.sql("update firing set ended_at = null, outcome = null, requests = '{}' where schedule_id = ?")
                .param(UUID.fromString(id))
                .update();
        var again = ended(id, 1);
        assertThat(again.get("requestIds")).isEqualTo(first.get("requestIds"));
    }

    @Test
    void aRunThatWasOrderedBeforeTheProcessEndedStandsInTheHistory() {
        policy("crashed-run", false);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "crashed-run", "crashedrun-");
        var request = as("INTAKE")
                .post("/v1/erasure-requests", request(twelve("crashedrun-")))
                .with(202)
                .text("id");
        await(as("PRIVACY_OFFICER"), "/v1/erasure-requests/" + request, "resolved");
        var id = UUID.fromString(create(Map.of("selection", Map.of("name", "pending", "modelIds", List.of(model)))));
        var row = schedules.find(id).orElseThrow();
        var due = Instant.now();
        var firing = Ids.next();
        firings.insert(firing, id, due, null);
        // by a process that says no more
        executor.execute(row, new FiringTable.Open(firing, id, due, null, 0));
        var runs = ended(id.toString(), 1).get("runIds");
        assertThat(runs).hasSize(1);
        assertThat(as("ENGINEER").get("/v1/runs/" + runs.get(0).asString()).text("modelId"))
                .isEqualTo(model);
    }

    @Test
    void oneThatCannotBeReadIsPausedAndKeepsNobodyElseWaiting() {
        var officer = as("PRIVACY_OFFICER");
        var broken = create(Map.of("selection", Map.of("name", "listed")));
        var sound = create(Map.of("selection", Map.of("name", "listed")));
        jdbc.sql("update schedule set body = replace(body, 'listed', 'of-old') where id = ?")
                .param(UUID.fromString(broken))
                .update();
        due(broken, Instant.now().minusSeconds(2));
        due(sound, Instant.now().minusSeconds(1));
        assertThat(ended(sound, 1).get("outcome").asString()).isEqualTo("nothing");
        assertThat(ended(broken, 1).get("outcome").asString()).isEqualTo("failed");
        assertThat(officer.get("/v1/schedules").with(200).body().toString())
                .contains(sound)
                .doesNotContain(broken);
        officer.delete("/v1/schedules/" + broken).with(204);
    }

    @Test
    void aModelThatCannotBeServedKeepsNoOtherFromIt() {
        var officer = as("PRIVACY_OFFICER");
        policy("mixed", false);
        var dataset = dated(LocalDate.now(ZoneOffset.UTC));
        var good = trained(dataset, "mixed");
        var id = create(
                officer,
                Map.of(
                        "policy",
                        "mixed",
                        "selection",
                        Map.of("name", "expired", "datasetId", dataset, "keepFor", "P2Y")));
        var other = trained(dataset, "mixed");
        jdbc.sql("update model set destroyed_at = now() where id = ?")
                .param(UUID.fromString(other))
                .update();
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        var firing = ended(id, 1);
        jdbc.sql("update model set destroyed_at = null where id = ?")
                .param(UUID.fromString(other))
                .update();
        assertThat(firing.get("outcome").asString()).isEqualTo("failed");
        assertThat(firing.get("reason").asString()).contains(other);
        assertThat(firing.get("requestIds").size())
                .as("what was filed is in the history")
                .isEqualTo(1);
        assertThat(firing.get("runIds").size()).isEqualTo(1);
        assertThat(officer.get("/v1/runs/" + firing.get("runIds").get(0).asString())
                        .text("modelId"))
                .isEqualTo(good);
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        assertThat(ended(id, 2).get("outcome").asString())
                .as("and is not filed again")
                .isEqualTo("nothing");
    }

    @Test
    void aPausedOneWaitsAndCanStillBeRunByHand() {
        var officer = as("PRIVACY_OFFICER");
        var id = create(Map.of("name", "paused", "paused", true, "selection", Map.of("name", "listed")));
        assertThat(officer.get("/v1/schedules/" + id).body().has("nextAt")).isFalse();
        var resumed =
                officer.post("/v1/schedules/" + id + "/resume", "").with(200).body();
        assertThat(resumed.has("nextAt")).isTrue();
        var paused =
                officer.post("/v1/schedules/" + id + "/pause", "").with(200).body();
        assertThat(paused.get("paused").asBoolean()).isTrue();
        assertThat(paused.has("nextAt")).isFalse();
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        ended(id, 1);
    }

    @Test
    void aFailureIsInTheHistoryAndCounted() {
        var officer = as("PRIVACY_OFFICER");
        policy("failing", false);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "failing", "failing-");
        var methods = officer.get("/v1/policies/default")
                .body()
                .get("methods")
                .valueStream()
                .filter(one -> one.get("name").asString().equals("npo"))
                .toList();
        var text = new HashMap<>(WholePathIT.policy("text-only", methods));
        officer.putJson("/v1/policies/text-only", text).with(200);
        var request = as("INTAKE")
                .post("/v1/erasure-requests", request(twelve("failing-")))
                .with(202)
                .text("id");
        await(officer, "/v1/erasure-requests/" + request, "resolved");
        var id = create(
                Map.of("policy", "text-only", "selection", Map.of("name", "pending", "modelIds", List.of(model))));
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        var firing = ended(id, 1);
        assertThat(firing.get("outcome").asString()).isEqualTo("failed");
        assertThat(firing.get("reason").asString()).contains("has no method for models of this kind");
        assertThat(new String(as("ADMIN").download("/actuator/prometheus"), UTF_8))
                .containsPattern("expunge_schedules_failing\\{[^}]*} [1-9]");
        officer.delete("/v1/schedules/" + id).with(204);
    }

    @Test
    void theHousesOwnTasksAreShown() {
        var tasks = as("ADMIN").get("/v1/house-tasks").with(200).body();
        assertThat(tasks.valueStream().map(one -> one.get("name").asString()))
                .contains("deadline-watch", "payload-shredding", "schedules", "audit-checkpoints");
        assertThat(tasks.valueStream().filter(one -> one.get("name").asString().equals("schedules")))
                .allSatisfy(one -> assertThat(one.get("failures").asInt()).isZero());
    }
}
