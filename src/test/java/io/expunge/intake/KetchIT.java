package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The specification of Ketch's forwarder from Ketch's side. */
class KetchIT extends ProtocolIT {

    private static final String REQUESTS = "/ketch/v1/requests";
    private static final long SUBMITTED = Instant.parse("2026-11-20T08:00:00Z").getEpochSecond();

    @Test
    void whomNobodyKnowsIsAnsweredAtOnce() throws Exception {
        try (var ketch = new Receiver(200)) {
            var sent = message("ketch-nobody", ketch);
            var answer = json(call("POST", REQUESTS, as("INTAKE"), sent));
            assertThat(answer.get("apiVersion").asString()).isEqualTo("dsr/v1");
            assertThat(answer.get("kind").asString()).isEqualTo("DeleteResponse");
            assertThat(answer.get("metadata").toString()).isEqualTo(JSON.writeValueAsString(sent.get("metadata")));
            var response = answer.get("response");
            assertThat(response.get("status").asString()).isEqualTo("completed");
            assertThat(response.get("reason").asString()).isEqualTo("no_match");
            // a month after the person asked
            assertThat(response.get("expectedCompletionTimestamp").asLong())
                    .isEqualTo(Instant.parse("2026-12-21T00:00:00Z").getEpochSecond());
            assertThat(JSON.readTree(call("POST", REQUESTS, as("INTAKE"), sent).body())
                            .get("response"))
                    .as("the same message again is the same request")
                    .isEqualTo(response);
            queueLast(UUID.fromString(response.get("requestID").asString()), ketch.url());
            until(() -> !ketch.got().isEmpty());
            assertThat(bodies(ketch)).as("the answer said all").containsExactly("the last");
        }
    }

    /** What one address is told of one request goes out in order, so whatever is in the queue by now comes before this. */
    private void queueLast(UUID request, String url) {
        assertThat(jdbc.sql("""
                                insert into callback (controller_id, protocol, subject_id, url, body, attempts, next_at)
                                select controller_id, protocol, request_id, ?, 'the last', 0, now()
                                from foreign_request where request_id = ? and callbacks = '{}'
                                """).params(url, request).update())
                .as("nothing joins the queue later")
                .isEqualTo(1);
    }

    @Test
    void eachChangeIsToldWithTheHeadersThatKetchWants() throws Exception {
        policy("ketch-swift", true);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "ketch-swift", "ketch-");
        try (var ketch = new Receiver(200)) {
            var sent = message("ketch-0", ketch);
            request(sent).put("identities", all("ketch-"));
            var response = json(call("POST", REQUESTS, as("INTAKE"), sent)).get("response");
            assertThat(response.get("status").asString()).isEqualTo("pending");
            var id = response.get("requestID").asString();
            assertThat(rowsHolding("ketch-secret"))
                    .as("secret headers are nowhere in plain")
                    .isZero();
            var run = awaitingApproval(model);
            approve(run);
            until(() -> ketch.got().size() == 2);
            assertThat(events(ketch).stream()
                            .map(one -> one.get("event").get("status").asString())
                            .toList())
                    .containsExactly("in_progress", "completed");
            var last = events(ketch).getLast();
            assertThat(last.get("kind").asString()).isEqualTo("DeleteStatusEvent");
            assertThat(last.get("metadata").toString()).isEqualTo(JSON.writeValueAsString(sent.get("metadata")));
            assertThat(last.get("event").get("reason").asString()).isEqualTo("executed");
            assertThat(last.get("event").get("requestID").asString()).isEqualTo(id);
            assertThat(ketch.got())
                    .allSatisfy(told ->
                            assertThat(told.headers().get("Authorization")).isEqualTo("Bearer ketch-secret"));
        }
    }

    @Test
    void aRefusalIsToldWithItsReason() throws Exception {
        policy("ketch-idle", false);
        WholePathIT.trainedModel(as("ENGINEER"), "ketch-idle", "ketchrefused-");
        try (var ketch = new Receiver(200)) {
            var intake = as("INTAKE");
            var officer = as("PRIVACY_OFFICER");
            for (var ground : List.of("excessive", "legal_claims")) {
                var sent = message("", ketch);
                request(sent).put("identities", all("ketchrefused-"));
                var id = json(call("POST", REQUESTS, intake, sent))
                        .get("response")
                        .get("requestID")
                        .asString();
                officer.post("/v1/erasure-requests/" + id + "/refuse", Map.of("ground", ground))
                        .with(200);
            }
            var third = message("", ketch);
            request(third).put("identities", all("ketchrefused-"));
            var withdrawn = json(call("POST", REQUESTS, intake, third));
            intake.post(
                            "/v1/erasure-requests/"
                                    + withdrawn.get("response").get("requestID").asString() + "/cancel",
                            "")
                    .with(200);
            until(() -> ketch.got().size() == 3);
            assertThat(events(ketch).stream()
                            .map(one -> one.get("event").get("status").asString() + " "
                                    + one.get("event").get("reason").asString())
                            .toList())
                    .containsExactlyInAnyOrder(
                            "denied too_many_requests", "denied claim_not_covered", "cancelled unknown");
        }
    }

    @Test
    void anEarlierDayThatWasPromisedIsKeptAndALaterOneChangesNothing() throws Exception {
        var early = Instant.parse("2026-12-01T00:00:00Z").getEpochSecond();
        var late = Instant.parse("2027-12-01T00:00:00Z").getEpochSecond();
        assertThat(expected(early)).isEqualTo(early);
        assertThat(expected(late))
                .isEqualTo(Instant.parse("2026-12-21T00:00:00Z").getEpochSecond());
    }

    private long expected(long due) throws Exception {
        var sent = message("ketch-due");
        request(sent).put("dueTimestamp", due);
        return json(call("POST", REQUESTS, as("INTAKE"), sent))
                .get("response")
                .get("expectedCompletionTimestamp")
                .asLong();
    }

    @Test
    void whoeverIsNotIdentifiedIsDeniedAndNothingIsFiled() throws Exception {
        var sent = message("ketch-x");
        request(sent).put("identities", List.of(identity("cookie", "raw", "abc")));
        var before = requests();
        var response = json(call("POST", REQUESTS, as("INTAKE"), sent)).get("response");
        assertThat(response.get("status").asString()).isEqualTo("denied");
        assertThat(response.get("reason").asString()).isEqualTo("insufficient_identification");
        assertThat(requests()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "regulation | \"hipaa\" | request.regulation is not known here",
                "regulation | null | request.regulation is required",
                "identities | null | request.identities is required",
                "identities | \"SECRET\" | request.identities must be",
                "identities | [{\"identityFormat\":\"raw\"}] | request.identities[0].identitySpace is required",
                "identities | [{\"identitySpace\":\"account_id\",\"identityFormat\":\"raw\"}] | request.identities[0].identityValue is required",
                "identities | [{\"identitySpace\":\"email\",\"identityFormat\":\"md5\",\"identityValue\":\"SECRET\"}] | request.identities[0].identityValue must be the 32 hexadecimal digits of md5",
                "identities | [{\"identitySpace\":\"account_id\",\"identityFormat\":\"raw\",\"identityValue\":\"SECRET\\u0000\"}] | request.identities[0].identityValue must be text without the character U+0000",
                "submittedTimestamp | null | request.submittedTimestamp is required",
                "submittedTimestamp | \"SECRET\" | request.submittedTimestamp must be",
                "submittedTimestamp | 32503680000 | request.submittedTimestamp must not be in the future",
                "submittedTimestamp | 9223372036854775807 | request.submittedTimestamp must be seconds",
                "dueTimestamp | 5 | request.dueTimestamp must be after submittedTimestamp",
                "callbacks | [{\"url\":\"http://10.0.0.1/SECRET\"}] | request.callbacks[0].url must not lead to an internal address",
                "callbacks | [{\"headers\":{}}] | request.callbacks[0].url is required",
                "callbacks | [{\"url\":\"http://localhost/\",\"headers\":{\"A B\":\"SECRET\"}}] | request.callbacks[0].headers must be headers",
                "callbacks | [{\"url\":\"http://localhost/\",\"headers\":{\"A\":\"SECRET\\r\\nB: c\"}}] | request.callbacks[0].headers must be headers",
            })
    void whatIsWrongIsNamedInTheProtocolsOwnShapeWithoutWhatWasSent(String field, String value, String message)
            throws Exception {
        var sent = message("ketch-wrong");
        request(sent).put(field, JSON.readTree(value));
        var answer = call("POST", REQUESTS, as("INTAKE"), sent);
        assertThat(refused(answer, 400, "invalid")).contains(message).doesNotContain("SECRET");
        assertThat(json(answer).get("metadata").get("uid").asString())
                .isEqualTo(metadata(sent).get("uid"));
    }

    @Test
    void otherKindsAndOtherPlacesAreRefusedInTheProtocolsOwnShape() throws Exception {
        var intake = as("INTAKE");
        var sent = message("ketch-kind");
        sent.put("kind", "AccessRequest");
        refused(call("POST", REQUESTS, intake, sent), 501, "unimplemented");
        sent.put("kind", "DeleteRequest");
        sent.put("apiVersion", "dsr/v2");
        refused(call("POST", REQUESTS, intake, sent), 400, "invalid");
        refused(call("GET", REQUESTS, intake, null), 404, "not_found");
        refused(call("POST", REQUESTS, nobody(), sent), 401, "forbidden");
        refused(call("POST", REQUESTS, as("AUDITOR"), sent), 403, "forbidden");
        refused(send("POST", REQUESTS, intake, "{".getBytes(UTF_8), Map.of()), 400, "invalid");
        refused(send("POST", REQUESTS, intake, new byte[5 << 20], Map.of()), 413, "invalid");
        var other = message("ketch-kind");
        other.put("metadata", Map.of("uid", "<SECRET>", "tenant", "example"));
        assertThat(refused(call("POST", REQUESTS, intake, other), 400, "invalid"))
                .contains("metadata.uid")
                .doesNotContain("SECRET");
    }

    @Test
    void anAddressThatIsGoneIsGivenUpAndKeepsNobodyElseWaiting() throws Exception {
        policy("ketch-gone", false);
        WholePathIT.trainedModel(as("ENGINEER"), "ketch-gone", "ketchgone-");
        try (var ketch = new Receiver(200)) {
            var sent = message("", ketch);
            request(sent).put("identities", all("ketchgone-"));
            var id = json(call("POST", REQUESTS, as("INTAKE"), sent))
                    .get("response")
                    .get("requestID")
                    .asString();
            // as if the name had been given up since it was registered
            jdbc.sql(
                            "update foreign_request set callbacks = array['https://gone.invalid/told', callbacks[1]] where request_id = ?")
                    .param(UUID.fromString(id))
                    .update();
            as("PRIVACY_OFFICER")
                    .post("/v1/erasure-requests/" + id + "/refuse", Map.of("ground", "legal_claims"))
                    .with(200);
            until(() -> ketch.got().size() == 1);
            until(() -> as("AUDITOR")
                    .get("/v1/audit/entries?subjectId=" + id)
                    .body()
                    .toString()
                    .contains("callback.failed"));
            assertThat(jdbc.sql("select count(*) from callback where subject_id = ?")
                            .param(UUID.fromString(id))
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void anIdThatWasUsedForSomebodyElseIsRefused() throws Exception {
        var sent = message("ketch-first");
        call("POST", REQUESTS, as("INTAKE"), sent);
        request(sent).put("identities", List.of(identity("account_id", "raw", "ketch-second")));
        assertThat(refused(call("POST", REQUESTS, as("INTAKE"), sent), 400, "invalid"))
                .contains("metadata.uid was already used");
    }

    private long requests() {
        return jdbc.sql("select count(*) from erasure_request")
                .query(Long.class)
                .single();
    }

    private long rowsHolding(String text) {
        return jdbc.sql("select (select count(*) from callback c where c::text like :text)"
                        + " + (select count(*) from foreign_request f where f::text like :text)"
                        + " + (select count(*) from request_payload p where p::text like :text)")
                .param("text", "%" + text + "%")
                .query(Long.class)
                .single();
    }

    private static List<String> bodies(Receiver ketch) {
        return ketch.got().stream().map(told -> new String(told.body(), UTF_8)).toList();
    }

    private static List<JsonNode> events(Receiver ketch) {
        return bodies(ketch).stream().map(JSON::readTree).toList();
    }

    private static Map<String, Object> message(String account, Receiver... receivers) {
        var callbacks = new ArrayList<Map<String, Object>>();
        for (var one : receivers) {
            callbacks.add(Map.of("url", one.url(), "headers", Map.of("Authorization", "Bearer ketch-secret")));
        }
        var request = new HashMap<String, Object>();
        request.put("property", "example.com");
        request.put("environment", "production");
        request.put("regulation", "eugdpr");
        request.put("jurisdiction", "eu");
        request.put("identities", List.of(identity("account_id", "raw", account), identity("cookie", "raw", "c")));
        request.put("callbacks", callbacks);
        request.put("subject", Map.of("email", "somebody@example.com", "firstName", "Some"));
        request.put("submittedTimestamp", SUBMITTED);
        request.put("dueTimestamp", SUBMITTED + 100L * 86_400);
        var message = new HashMap<String, Object>();
        message.put("apiVersion", "dsr/v1");
        message.put("kind", "DeleteRequest");
        message.put(
                "metadata",
                new java.util.TreeMap<>(Map.of("uid", UUID.randomUUID().toString(), "tenant", "example"))
                        .descendingMap());
        message.put("request", request);
        return message;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> request(Map<String, Object> message) {
        return (Map<String, Object>) message.get("request");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> metadata(Map<String, Object> message) {
        return (Map<String, String>) message.get("metadata");
    }

    private static List<Map<String, String>> all(String prefix) {
        return twelve(prefix).stream()
                .map(one -> identity("account_id", "raw", one))
                .toList();
    }

    private static Map<String, String> identity(String space, String format, String value) {
        return Map.of("identitySpace", space, "identityFormat", format, "identityValue", value);
    }

    /** What an error says, which must have the protocol's shape. */
    private static String refused(HttpResponse<byte[]> answer, int status, String word) {
        var text = new String(answer.body(), UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        var body = JSON.readTree(answer.body());
        assertThat(body.get("apiVersion").asString()).isEqualTo("dsr/v1");
        assertThat(body.get("kind").asString()).isEqualTo("Error");
        assertThat(body.has("metadata")).isTrue();
        assertThat(body.get("error").get("code").asInt()).isEqualTo(status);
        assertThat(body.get("error").get("status").asString()).isEqualTo(word);
        return text;
    }
}
