package io.expunge.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What standing orders select, and what comes of it. */
class SelectionIT extends ScheduleIT {

    @Test
    void runsForWhatWaitsAreOrderedAtTheTimeThatWasFixed() {
        var officer = as("PRIVACY_OFFICER");
        policy("night", false);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "night", "night-");
        var request = as("INTAKE")
                .post("/v1/erasure-requests", request(twelve("night-")))
                .with(202)
                .text("id");
        await(officer, "/v1/erasure-requests/" + request, "resolved");
        var id = create(
                Map.of("name", "every night", "selection", Map.of("name", "pending", "modelIds", List.of(model))));
        var dry = officer.post("/v1/schedules/" + id + "/dry-run", "").with(200).body();
        assertThat(dry.get("models").get(0).get("modelId").asString()).isEqualTo(model);
        assertThat(dry.get("models").get(0).get("waitingRequests").asInt()).isEqualTo(1);
        assertThat(dry.get("times").size()).isEqualTo(5);
        assertThat(officer.get("/v1/runs?modelId=" + model)
                        .body()
                        .get("items")
                        .valueStream()
                        .filter(one -> one.get("kind").asString().equals("unlearning")))
                .as("a dry run does nothing")
                .isEmpty();

        // the clock of the test cannot be moved, so what is due is
        due(id, Instant.now().minusSeconds(1));
        var firing = ended(id, 1);
        assertThat(firing.get("outcome").asString()).isEqualTo("done");
        assertThat(firing.get("byHand").asBoolean()).isFalse();
        assertThat(firing.get("runIds").size()).isEqualTo(1);
        var run = firing.get("runIds").get(0).asString();
        assertThat(officer.get("/v1/runs/" + run).with(200).text("modelId")).isEqualTo(model);
        var next = OffsetDateTime.parse(officer.get("/v1/schedules/" + id).text("nextAt"));
        assertThat(next.toInstant()).isAfter(Instant.now());
        assertThat(officer.get("/v1/audit/entries?subjectId=" + id).body().toString())
                .contains("schedule.created", "schedule.done");
    }

    @Test
    void recordsWhoseTimeIsOverAreForgottenOnceEach() {
        var officer = as("PRIVACY_OFFICER");
        policy("retention", false);
        var today = LocalDate.now(ZoneOffset.UTC);
        var dataset = dated(today);
        var model = trained(dataset, "retention");
        var id = create(
                officer,
                Map.of(
                        "name",
                        "two years",
                        "method",
                        RETRAIN,
                        "selection",
                        Map.of("name", "expired", "datasetId", dataset, "keepFor", "P2Y")));
        var dry = officer.post("/v1/schedules/" + id + "/dry-run", "").with(200).body();
        assertThat(dry.get("records").asInt()).isEqualTo(300);
        assertThat(dry.get("requests").asInt()).isEqualTo(1);
        assertThat(dry.get("models").get(0).get("modelId").asString()).isEqualTo(model);
        assertThat(dry.get("models").get(0).get("records").asInt()).isBetween(150, 260);

        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        var firing = ended(id, 1);
        assertThat(firing.get("outcome").asString()).isEqualTo("done");
        assertThat(firing.get("byHand").asBoolean()).isTrue();
        assertThat(firing.get("records").asInt()).isEqualTo(300);
        assertThat(firing.get("requestIds").size()).isEqualTo(1);
        assertThat(firing.get("runIds").size())
                .as("a method was fixed, so a run is ordered")
                .isEqualTo(1);
        var request = officer.get("/v1/erasure-requests/"
                        + firing.get("requestIds").get(0).asString())
                .with(200)
                .body();
        assertThat(request.get("records").asInt()).isEqualTo(300);

        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        assertThat(ended(id, 2).get("outcome").asString())
                .as("what was filed is not filed again")
                .isEqualTo("nothing");
        WholePathIT.await(
                () -> officer.get("/v1/runs/" + firing.get("runIds").get(0).asString())
                        .body(),
                body -> body.get("state").asString().equals("awaiting_approval"));
        var approve = "/v1/runs/" + firing.get("runIds").get(0).asString() + "/approve";
        var why = Map.of("reason", "the evidence holds");
        officer.post(approve, why).with(403);
        as("PRIVACY_OFFICER").post(approve, why).with(202);
    }

    @Test
    void whoStandsOnAListIsForgottenWhereverKnown() {
        var officer = as("PRIVACY_OFFICER");
        policy("list", false);
        WholePathIT.trainedModel(as("ENGINEER"), "list", "list-");
        var id = create(Map.of("name", "never learn these", "selection", Map.of("name", "listed")));
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        assertThat(ended(id, 1).get("outcome").asString()).isEqualTo("nothing");
        var people = new ArrayList<>(twelve("list-"));
        people.add("list-nobody");
        officer.putJson("/v1/schedules/" + id + "/subjects", Map.of("subjects", people))
                .with(204);
        assertThat(officer.get("/v1/schedules/" + id).body().get("subjects").asInt())
                .isEqualTo(13);
        assertThat(jdbc.sql("select count(*) from subject_list l where l::text like '%list-1%'")
                        .query(Long.class)
                        .single())
                .isZero();
        var dry = officer.post("/v1/schedules/" + id + "/dry-run", "").with(200).body();
        // those who are held out are known to no model
        int known = dry.get("people").asInt();
        assertThat(known).isBetween(4, 12);
        assertThat(dry.get("records").asInt()).isEqualTo(20 * known);

        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        var firing = ended(id, 2);
        assertThat(firing.get("outcome").asString()).isEqualTo("done");
        assertThat(firing.get("records").asInt()).isEqualTo(20 * known);
        assertThat(firing.get("runIds").size())
                .as("the models' policies decide")
                .isZero();
        var request = firing.get("requestIds").get(0).asString();
        assertThat(officer.get("/v1/erasure-requests/" + request)
                        .body()
                        .get("subjects")
                        .asInt())
                .isEqualTo(known);
        officer.post("/v1/schedules/" + id + "/run", "").with(202);
        assertThat(ended(id, 3).get("outcome").asString())
                .as("whose request is open is not asked for again")
                .isEqualTo("nothing");

        officer.delete("/v1/schedules/" + id).with(204);
        assertThat(jdbc.sql("select count(*) from subject_list where id = ?")
                        .param(UUID.fromString(id))
                        .query(Long.class)
                        .single())
                .isZero();
        officer.get("/v1/schedules/" + id).with(404);
        officer.get("/v1/erasure-requests/" + request).with(200);
    }

    @Test
    void whoNamedThePeopleCannotApproveEvenIfAnotherLeftTheOrder() {
        policy("eyes", true);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "eyes", "eyes-");
        var creator = as("PRIVACY_OFFICER");
        var namer = as("PRIVACY_OFFICER");
        var id = create(creator, Map.of("selection", Map.of("name", "listed")));
        namer.putJson("/v1/schedules/" + id + "/subjects", Map.of("subjects", twelve("eyes-")))
                .with(204);
        namer.post("/v1/schedules/" + id + "/run", "").with(202);
        assertThat(ended(id, 1).get("outcome").asString()).isEqualTo("done");
        var run = WholePathIT.await(
                        () -> creator.get("/v1/runs?state=awaiting_approval&modelId=" + model)
                                .body(),
                        body -> body.get("items").size() == 1)
                .get("items")
                .get(0)
                .get("id")
                .asString();
        var why = Map.of("reason", "the evidence holds");
        namer.post("/v1/runs/" + run + "/approve", why).with(403);
        creator.post("/v1/runs/" + run + "/approve", why).with(202);
    }
}
