package io.expunge.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which standing orders are taken. */
class NewScheduleIT extends ScheduleIT {

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
        var dataset = dated(LocalDate.now(ZoneOffset.UTC));
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
}
