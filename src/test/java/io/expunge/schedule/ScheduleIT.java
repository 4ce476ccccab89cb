package io.expunge.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.evidence.WholePathIT;
import io.expunge.shared.Ids;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Standing orders through HTTP, with real data, requests and runs. */
class ScheduleIT extends HttpTest {

    private static final Map<String, Object> RETRAIN = Map.of("name", "exact-retraining", "seed", 5);

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ScheduleTable schedules;

    @Autowired
    private FiringTable firings;

    @Autowired
    private Executor executor;

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
        var today = LocalDate.now(java.time.ZoneOffset.UTC);
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
        var dataset = dated(LocalDate.now(java.time.ZoneOffset.UTC));
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cron | \"* * * * * *\" | 400 | cron must have the five fields",
                "cron | \"0 0 31 2 *\" | 400 | cron never comes",
                "cron | \"nightly\" | 400 | cron must have the five fields",
                "timeZone | \"Moon\" | 400 | timeZone is not a time zone",
                "name | \"\" | 400 | name",
                "policy | \"none-such\" | 422 | policy names no policy",
                "selection | {\"name\":\"expired\",\"datasetId\":\"00000000-0000-7000-8000-00000000abcd\",\"keepFor\":\"P2Y\"} | 422 | selection.datasetId names no data set",
                "selection | {\"name\":\"pending\",\"modelIds\":[\"00000000-0000-7000-8000-00000000abcd\"]} | 404 | model",
                "selection | {\"name\":\"everything\"} | 400 | selection",
                "selection | null | 400 | selection",
                "missed | \"maybe\" | 400 | missed",
                "hurry | 1 | 400 | hurry",
            })
    void whatIsWrongIsNamed(String field, String value, int status, String reason) {
        var body = new HashMap<String, Object>(body(Map.of("selection", Map.of("name", "listed"))));
        body.put(field, JSON.readTree(value));
        var answer = as("PRIVACY_OFFICER").post("/v1/schedules", body).with(status);
        assertThat(answer.text("detail")).contains(reason);
    }

    @Test
    void aPeriodAndADataSetMustServe() {
        var officer = as("PRIVACY_OFFICER");
        var dataset = dated(LocalDate.now(java.time.ZoneOffset.UTC));
        for (var period : List.of("2Y", "P-1Y", "P200Y", "P1000000D", "PT1H")) {
            var selection = Map.of("name", "expired", "datasetId", dataset, "keepFor", period);
            assertThat(officer.post("/v1/schedules", body(Map.of("selection", selection)))
                            .with(400)
                            .text("detail"))
                    .contains("selection.keepFor");
        }
        var model = WholePathIT.trainedModel(as("ENGINEER"), "default", "undated-");
        var undated = officer.get("/v1/models/" + model + "/versions")
                .body()
                .findValue("datasetId")
                .asString();
        var selection = Map.of("name", "expired", "datasetId", undated, "keepFor", "P1Y");
        assertThat(officer.post("/v1/schedules", body(Map.of("selection", selection)))
                        .with(422)
                        .text("detail"))
                .contains("without a date");
        var listed = create(Map.of("selection", Map.of("name", "pending")));
        officer.putJson("/v1/schedules/" + listed + "/subjects", Map.of("subjects", List.of("a")))
                .with(409);
        var id = create(Map.of("selection", Map.of("name", "listed")));
        assertThat(officer.putJson("/v1/schedules/" + id + "/subjects", Map.of("subjects", List.of("a", " ")))
                        .with(400)
                        .text("detail"))
                .contains("subjects[1]");
    }

    @Test
    void aNameIsTakenOnceAndAKeyMakesTheSame() {
        var officer = as("PRIVACY_OFFICER");
        var body = body(Map.of("selection", Map.of("name", "listed")));
        var key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var id = officer.post("/v1/schedules", body, key).with(201).text("id");
        assertThat(officer.post("/v1/schedules", body, key).with(201).text("id"))
                .isEqualTo(id);
        officer.post("/v1/schedules", body).with(409);
        var other = new HashMap<>(body);
        other.put("cron", "@daily");
        officer.post("/v1/schedules", other, key).with(422);
        assertThat(officer.get("/v1/schedules")
                        .body()
                        .valueStream()
                        .map(one -> one.get("id").asString()))
                .contains(id);
        ofAnotherController("PRIVACY_OFFICER").get("/v1/schedules/" + id).with(404);
    }

    @Test
    void theHousesOwnTasksAreShown() {
        var tasks = as("ADMIN").get("/v1/house-tasks").with(200).body();
        assertThat(tasks.valueStream().map(one -> one.get("name").asString()))
                .contains("deadline-watch", "payload-shredding", "schedules", "audit-checkpoints");
        assertThat(tasks.valueStream().filter(one -> one.get("name").asString().equals("schedules")))
                .allSatisfy(one -> assertThat(one.get("failures").asInt()).isZero());
    }

    /** 600 records of three ages, without people. */
    private String dated(LocalDate today) {
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
        var random = new java.util.Random(2);
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

    private String trained(String dataset, String policy) {
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

    private void policy(String name, boolean automatic) {
        var policy = new HashMap<>(WholePathIT.policy(name, List.of(RETRAIN)));
        policy.put("automatic", automatic);
        policy.put("references", 1);
        as("PRIVACY_OFFICER").putJson("/v1/policies/" + name, policy).with(200);
    }

    private static Map<String, Object> request(List<String> people) {
        return Map.of("regulation", "gdpr", "submittedAt", Instant.now().toString(), "subjects", people);
    }

    private static List<String> twelve(String prefix) {
        return IntStream.range(0, 12).mapToObj(i -> prefix + i).toList();
    }

    private static Map<String, Object> body(Map<String, ?> own) {
        var body = new HashMap<String, Object>();
        body.put("name", "order " + UUID.randomUUID());
        body.put("cron", "30 2 * * *");
        body.put("timeZone", "UTC");
        body.putAll(own);
        return body;
    }

    private String create(Map<String, ?> own) {
        return create(as("PRIVACY_OFFICER"), own);
    }

    private static String create(Caller officer, Map<String, ?> own) {
        return officer.post("/v1/schedules", body(own)).with(201).text("id");
    }

    private void due(String id, Instant at) {
        jdbc.sql("update schedule set next_at = ? where id = ?")
                .params(Timestamp.from(at), UUID.fromString(id))
                .update();
    }

    private static void await(Caller caller, String path, String state) {
        WholePathIT.await(
                () -> caller.get(path).body(),
                body -> body.get("state").asString().equals(state));
    }

    /** The newest of so many firings, all of which have ended. */
    private JsonNode ended(String id, int count) {
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
