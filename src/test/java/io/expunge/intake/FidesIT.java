package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** The connector that is shipped, done as Fides does it: what stands in the file is what is sent. */
class FidesIT extends ProtocolIT {

    private static final String CALLBACK = "/api/v1/request-task/callback";

    /** One connector file, read as Fides reads it. */
    private static final class Connector {

        private final JsonNode config;

        Connector(String strategy) throws Exception {
            var text = Files.readString(Path.of("docs/fides", strategy, "expunge_config.yml"));
            config = JSON.valueToTree(new Yaml().load(text)).get("saas_config");
        }

        JsonNode update() {
            return config.get("endpoints").get(0).get("requests").get("update");
        }

        JsonNode polling() {
            return update().get("async_config").get("configuration").get("status_request");
        }
    }

    private static String filled(String template, Map<String, String> values) {
        var text = template;
        for (var one : values.entrySet()) {
            text = text.replace("<" + one.getKey() + ">", one.getValue());
        }
        assertThat(text).as("no placeholder is left").doesNotContain("<");
        return text;
    }

    private HttpResponse<byte[]> sent(JsonNode request, Map<String, String> values, Caller caller) throws Exception {
        var headers = new HashMap<String, String>();
        request.path("headers")
                .valueStream()
                .forEach(one -> headers.put(
                        one.get("name").asString(), filled(one.get("value").asString(), values)));
        return send(
                request.get("method").asString(),
                filled(request.get("path").asString(), values),
                caller,
                filled(request.path("body").asString(""), values).getBytes(UTF_8),
                headers);
    }

    @Test
    void theKeyCanBeTriedByTheConnectorsTestRequest() throws Exception {
        for (var strategy : List.of("polling", "callback")) {
            var test = new Connector(strategy).config.get("test_request");
            assertThat(sent(test, Map.of(), as("INTAKE")).statusCode()).isEqualTo(200);
            assertThat(sent(test, Map.of(), nobody()).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aPollEndsAtTheWordThatTheConnectorWaitsFor() throws Exception {
        policy("fides-swift", true);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "fides-swift", "fides-");
        var connector = new Connector("polling");
        var intake = as("INTAKE");
        var values = new HashMap<>(Map.of("privacy_request_id", "pri_" + UUID.randomUUID()));
        // one request names one person there; all are asked for, since one alone might be held out
        var ids = new java.util.ArrayList<String>();
        for (var person : twelve("fides-")) {
            values.put("email", person);
            var answer = sent(connector.update(), values, intake);
            assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
            ids.add(json(answer)
                    .get(connector.update().get("correlation_id_path").asString())
                    .asString());
        }
        assertThat(ids).doesNotHaveDuplicates();
        // who is held out is done with at once
        BooleanSupplier allDone = () -> ids.stream().allMatch(id -> {
            try {
                return done(connector, id, intake);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(allDone.getAsBoolean()).isFalse();
        approveUntil(model, allDone);
        var again = json(sent(connector.update(), values, intake));
        assertThat(again.get("correlation_id").asString())
                .as("asked again it is the same request")
                .isEqualTo(ids.getLast());
        assertThat(again.get("rows_masked").asInt()).isEqualTo(20);
    }

    private boolean done(Connector connector, String id, Caller caller) throws Exception {
        var request = connector.polling();
        var answer = sent(request, Map.of("correlation_id", id), caller);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        return json(answer).get(request.get("status_path").asString()).equals(request.get("status_completed_value"));
    }

    @Test
    void whomNobodyKnowsIsDoneForAPollAndForACallback() throws Exception {
        var polled = json(sent(
                new Connector("polling").update(),
                Map.of("email", "fides-nobody", "privacy_request_id", "pri_1"),
                as("INTAKE")));
        var connector = new Connector("polling");
        var intake = as("INTAKE");
        var id = polled.get("correlation_id").asString();
        until(() -> {
            try {
                return done(connector, id, intake);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        var token = "token-" + UUID.randomUUID();
        sent(
                new Connector("callback").update(),
                Map.of(
                        "email",
                        "fides-nobody",
                        "privacy_request_id",
                        "pri_2",
                        "reply_to",
                        CALLBACK,
                        "reply_to_token",
                        token),
                as("INTAKE"));
        until(() -> Others.toldAt(CALLBACK).stream()
                .anyMatch(told -> ("Bearer " + token).equals(told.headers().get("Authorization"))));
        var told = Others.toldAt(CALLBACK).getLast();
        assertThat(told.method()).isEqualTo("POST");
        assertThat(new String(told.body(), UTF_8)).isEqualTo("{\"rows_masked\":0}");
        assertThat(jdbc.sql("select (select count(*) from callback c where c::text like :text)"
                                + " + (select count(*) from foreign_request f where f::text like :text)"
                                + " + (select count(*) from request_payload p where p::text like :text)")
                        .param("text", "%" + token + "%")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void theClockStartsWhenFidesHadItAsFarAsASettingTells() throws Exception {
        var answer = json(sent(
                new Connector("polling").update(),
                Map.of("email", "fides-lead", "privacy_request_id", "pri_3"),
                as("INTAKE")));
        var submitted = OffsetDateTime.parse(as("PRIVACY_OFFICER")
                        .get("/v1/erasure-requests/"
                                + answer.get("correlation_id").asString())
                        .text("submittedAt"))
                .toInstant();
        assertThat(Duration.between(submitted, Instant.now()))
                .isBetween(Duration.ofDays(3), Duration.ofDays(3).plusMinutes(1));
    }

    @Test
    void aPollOfWhatWasRefusedOrWithdrawnEndsInAnError() throws Exception {
        policy("fides-idle", false);
        WholePathIT.trainedModel(as("ENGINEER"), "fides-idle", "fidesrefused-");
        var connector = new Connector("polling");
        var intake = as("INTAKE");
        var ids = new java.util.ArrayList<String>();
        for (var request : List.of("pri_4", "pri_5")) {
            ids.add(json(sent(
                            connector.update(),
                            Map.of("email", "fidesrefused-0", "privacy_request_id", request),
                            intake))
                    .get("correlation_id")
                    .asString());
        }
        as("PRIVACY_OFFICER")
                .post("/v1/erasure-requests/" + ids.get(0) + "/refuse", Map.of("ground", "legal_claims"))
                .with(200);
        intake.post("/v1/erasure-requests/" + ids.get(1) + "/cancel", "").with(200);
        var refused = sent(connector.polling(), Map.of("correlation_id", ids.get(0)), intake);
        assertThat(detail(refused, 410)).contains("refused: legal_claims");
        assertThat(detail(sent(connector.polling(), Map.of("correlation_id", ids.get(1)), intake), 410))
                .contains("withdrawn");
        var other = ofAnotherController("INTAKE");
        detail(sent(connector.polling(), Map.of("correlation_id", ids.get(0)), other), 404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | privacy_request_id is required",
                "{\"privacy_request_id\":\"p\"} | subjects is required",
                "{\"privacy_request_id\":\"p\",\"subjects\":[\"\"]} | subjects must name at least one person",
                "{\"privacy_request_id\":\"p\",\"subjects\":\"SECRET\"} | subjects must be",
                "{\"privacy_request_id\":\"p\",\"subjects\":[\"SECRET\"],\"regulation\":\"x\"} | regulation is not known here",
                "{\"privacy_request_id\":\"p\",\"subjects\":[\"SECRET\"],\"submitted_at\":\"x\"} | submitted_at must be a time",
                "{\"privacy_request_id\":\"p\",\"subjects\":[\"SECRET\"],\"submitted_at\":\"2999-01-01T00:00:00Z\"} | submitted_at must not be in the future",
                "{\"privacy_request_id\":\"p\",\"subjects\":[\"x\",\"SECRET\\u0000\"]} | subjects[1] must be text without the character U+0000",
                "{\"privacy_request_id\":\"SECRET\\u0000\",\"subjects\":[\"x\"]} | privacy_request_id must be text without the character U+0000",
                "{ | not JSON",
            })
    void whatIsWrongIsNamedWithoutWhatWasSent(String body, String message) throws Exception {
        var answer = send("POST", "/fides/v1/erasures", as("INTAKE"), body.getBytes(UTF_8), Map.of());
        assertThat(detail(answer, 400)).contains(message).doesNotContain("SECRET");
    }

    @Test
    void whereToReplyMustBeAPathOfTheFidesThatIsConfigured() throws Exception {
        var body = "{\"privacy_request_id\":\"p\",\"subjects\":[\"x\"]}".getBytes(UTF_8);
        for (var path : List.of("https://evil.example.com/", "//evil.example.com", "/a/../b", "@evil.example.com")) {
            assertThat(detail(
                            send(
                                    "POST",
                                    "/fides/v1/erasures",
                                    as("INTAKE"),
                                    body,
                                    Map.of("reply-to", path, "reply-to-token", "t")),
                            400))
                    .contains("reply-to must be /api/v1/request-task/callback");
        }
        assertThat(detail(send("POST", "/fides/v1/erasures", as("INTAKE"), body, Map.of("reply-to", CALLBACK)), 400))
                .contains("reply-to-token");
        detail(call("GET", "/fides/v1/else", as("INTAKE"), null), 404);
        detail(call("GET", "/fides/v1/erasures/x", as("INTAKE"), null), 404);
    }

    private static String detail(HttpResponse<byte[]> answer, int status) {
        var text = new String(answer.body(), UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        return JSON.readTree(answer.body()).get("detail").asString();
    }
}
