package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The specification of OpenDSR 2.0 from the controller's side. */
class OpenDsrIT extends ProtocolIT {

    private static final String REQUESTS = "/opendsr/v2/requests";

    @Test
    void discoveryAndCertificateAreOpenToEverybody() throws Exception {
        var discovery =
                JSON.readTree(call("GET", "/opendsr/v2/discovery", null, null).body());
        assertThat(discovery.get("api_version").asString()).isEqualTo("2.0");
        assertThat(discovery.get("supported_subject_request_types").toString()).isEqualTo("[\"erasure\"]");
        assertThat(discovery.get("supported_identities").size()).isEqualTo(2);
        assertThat(discovery
                        .get("supported_identities")
                        .get(1)
                        .get("identity_format")
                        .asString())
                .isEqualTo("sha256");
        assertThat(discovery.get("processor_certificate").asString())
                .isEqualTo("https://dsr.example.com/opendsr/v2/certificate.pem");
        assertThat(processor()).isNotNull();
    }

    @Test
    void aRequestIsAnsweredSignedAndEachChangeIsToldSigned() throws Exception {
        try (var controller = new Receiver(200)) {
            var sent = body(controller.url());
            var answer = call("POST", REQUESTS, as("INTAKE"), sent);
            assertThat(answer.statusCode()).isEqualTo(201);
            assertSigned(answer.body(), answer.headers()::firstValue);
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            var receipt = JSON.readTree(answer.body());
            assertThat(Base64.getDecoder().decode(receipt.get("encoded_request").asString()))
                    .isEqualTo(JSON.writeValueAsBytes(sent));
            assertThat(receipt.get("subject_request_id").asString()).isEqualTo(sent.get("subject_request_id"));
            assertThat(receipt.get("received_time").asString()).isNotEmpty();
            // a month after the person asked, not after we heard of it
            assertThat(receipt.get("expected_completion_time").asString()).isEqualTo("2026-11-21T00:00:00Z");

            until(() -> controller.got().size() == 1);
            var told = controller.got().getFirst();
            assertSigned(
                    told.body(),
                    name -> java.util.Optional.ofNullable(told.headers().get(name)));
            var news = JSON.readTree(told.body());
            assertThat(news.get("request_status").asString()).isEqualTo("completed");
            assertThat(news.get("results_count").asInt()).isZero();
            assertThat(news.get("status_callback_url").asString()).isEqualTo(controller.url());
            assertThat(news.get("controller_id")).isEqualTo(receipt.get("controller_id"));
            assertThat(news.get("subject_request_id")).isEqualTo(receipt.get("subject_request_id"));
            assertThat(news.get("results_url").asString())
                    .matches("https://dsr\\.example\\.com/v1/erasure-requests/[0-9a-f-]+/certificates");

            var status = call("GET", REQUESTS + "/" + sent.get("subject_request_id"), as("INTAKE"), null);
            assertThat(status.statusCode()).isEqualTo(200);
            assertSigned(status.body(), status.headers()::firstValue);
            assertThat(JSON.readTree(status.body()).get("request_status").asString())
                    .isEqualTo("completed");
            assertThat(jdbc.sql("select callbacks::text from foreign_request where foreign_id = ?")
                            .param(sent.get("subject_request_id"))
                            .query(String.class)
                            .single())
                    .as("where the last word went is nobody's business any more")
                    .isEqualTo("{}");
        }
    }

    @Test
    void whatTheControllerDoesNotTakeIsSentAgainAndInTheEndTheLogSaysSo() throws Exception {
        try (var controller = new Receiver(503)) {
            var sent = body(controller.url());
            call("POST", REQUESTS, as("INTAKE"), sent);
            until(() -> controller.got().size() == 4);
            var request = jdbc.sql("select request_id from foreign_request where foreign_id = ?")
                    .param(sent.get("subject_request_id"))
                    .query(UUID.class)
                    .single();
            until(() -> as("AUDITOR")
                    .get("/v1/audit/entries?subjectId=" + request)
                    .body()
                    .toString()
                    .contains("callback.failed"));
            assertThat(jdbc.sql("select count(*) from callback")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void theSameIdIsTheSameRequestAndNoOther() throws Exception {
        var intake = as("INTAKE");
        var sent = body();
        var first = JSON.readTree(call("POST", REQUESTS, intake, sent).body());
        var again = call("POST", REQUESTS, intake, sent);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(again.body())).isEqualTo(first);
        sent.put("subject_identities", List.of(identity("controller_customer_id", "raw", "somebody-else")));
        assertThat(refused(call("POST", REQUESTS, intake, sent), 400)).contains("subject_request_id");
        var other = ofAnotherController("INTAKE");
        var path = REQUESTS + "/" + sent.get("subject_request_id");
        refused(call("GET", path, other, null), 404);
        refused(call("DELETE", path, other, null), 404);
        refused(call("DELETE", REQUESTS + "/" + UUID.randomUUID(), intake, null), 404);
    }

    @Test
    void whatIsPendingIsWithdrawnAndWhatIsDoneIsNot() throws Exception {
        var intake = as("INTAKE");
        policy("dsr-idle", false);
        WholePathIT.trainedModel(as("ENGINEER"), "dsr-idle", "withdrawn-");
        try (var controller = new Receiver(202)) {
            var sent = body(controller.url());
            sent.put("subject_identities", people("withdrawn-"));
            call("POST", REQUESTS, intake, sent);
            var path = REQUESTS + "/" + sent.get("subject_request_id");
            WholePathIT.await(
                    () -> as("PRIVACY_OFFICER")
                            .get("/v1/erasure-requests?state=resolved")
                            .with(200)
                            .body(),
                    body -> body.get("items")
                            .valueStream()
                            .anyMatch(one -> sent.get("subject_request_id")
                                            .equals(one.path("externalId").asString(""))
                                    && one.get("state").asString().equals("resolved")));
            assertThat(status(path)).isEqualTo("pending");
            var answer = call("DELETE", path, intake, null);
            assertThat(answer.statusCode()).isEqualTo(202);
            assertSigned(answer.body(), answer.headers()::firstValue);
            assertThat(JSON.readTree(answer.body()).has("received_time")).isTrue();
            assertThat(status(path)).isEqualTo("cancelled");
            assertThat(call("DELETE", path, intake, null).statusCode()).isEqualTo(202);
            until(() -> !controller.got().isEmpty());
            assertThat(statuses(controller)).containsExactly("cancelled");
        }
    }

    @Test
    void whoAskedToBeForgottenByAModelIsToldWhenItHas() throws Exception {
        var intake = as("INTAKE");
        var officer = as("PRIVACY_OFFICER");
        policy("dsr-swift", true);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "dsr-swift", "dsr-");
        try (var controller = new Receiver(202)) {
            var sent = body(controller.url());
            sent.put("subject_identities", people("dsr-"));
            call("POST", REQUESTS, intake, sent);
            var path = REQUESTS + "/" + sent.get("subject_request_id");
            var run = awaitingApproval(model);
            assertThat(status(path)).isEqualTo("in_progress");
            assertThat(refused(call("DELETE", path, intake, null), 400)).contains("no longer pending");
            approve(run);
            until(() -> controller.got().size() == 2);
            assertThat(statuses(controller)).containsExactly("in_progress", "completed");
            var last = JSON.readTree(controller.got().getLast().body());
            assertThat(last.get("results_count").asInt()).isEqualTo(12 * 20);
            var evidence = URI.create(last.get("results_url").asString()).getPath();
            assertThat(officer.get(evidence).with(200).body().size()).isEqualTo(1);
            assertThat(refused(call("DELETE", path, intake, null), 400)).contains("no longer pending");
        }
    }

    private static List<Map<String, String>> people(String prefix) {
        return twelve(prefix).stream()
                .map(one -> identity("controller_customer_id", "raw", one))
                .toList();
    }

    private String status(String path) throws Exception {
        return JSON.readTree(call("GET", path, as("INTAKE"), null).body())
                .get("request_status")
                .asString();
    }

    private static List<String> statuses(Receiver controller) {
        return controller.got().stream()
                .map(told -> JSON.readTree(told.body()).get("request_status").asString())
                .toList();
    }

    @Test
    void requestsOfOpenGdprComeByTheirOldNames() throws Exception {
        var intake = as("INTAKE");
        for (var route : List.of("/opendsr/v2/opengdpr_requests", "/opendsr/v2/opendsr_requests")) {
            var sent = body();
            sent.put("api_version", "1.0");
            var answer = call("POST", route, intake, sent);
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.headers().firstValue("X-OpenGDPR-Processor-Domain"))
                    .hasValue("dsr.example.com");
            assertThat(answer.headers().firstValue("X-OpenGDPR-Signature"))
                    .isEqualTo(answer.headers().firstValue("X-OpenDSR-Signature"));
            assertThat(call("GET", route + "/" + sent.get("subject_request_id"), intake, null)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "regulation | null | regulation is required",
                "regulation | \"hipaa\" | regulation must be gdpr or ccpa",
                "subject_request_id | null | subject_request_id is required",
                "subject_request_id | \"SECRET\" | subject_request_id must be a UUID of version 4 in lower case",
                "subject_request_id | \"A1B2C3D4-0000-4000-8000-000000000000\" | must be a UUID of version 4",
                "subject_request_type | \"access\" | subject_request_type must be erasure",
                "subject_identities | [] | subject_identities must name at least one",
                "subject_identities | [null] | subject_identities[0] must not be null",
                "subject_identities | \"SECRET\" | subject_identities must be",
                "subject_identities | [{\"identity_type\":\"email\",\"identity_format\":\"raw\",\"identity_value\":\"SECRET\"}] | subject_identities[0] has a type and format that discovery does not list",
                "subject_identities | [{\"identity_type\":\"email\",\"identity_format\":\"sha256\",\"identity_value\":\"SECRET\"}] | subject_identities[0].identity_value must be the 64 hexadecimal digits of sha256",
                "subject_identities | [{\"identity_type\":\"controller_customer_id\",\"identity_format\":\"raw\"}] | subject_identities[0].identity_value is required",
                "subject_identities | [{\"identity_type\":\"controller_customer_id\",\"identity_format\":\"raw\",\"identity_value\":\"SECRET\\u0000\"}] | subject_identities[0].identity_value must be text without the character U+0000",
                "submitted_time | \"yesterday\" | submitted_time must be a time of RFC 3339",
                "submitted_time | \"2999-01-01T00:00:00Z\" | submitted_time must not be in the future",
                "api_version | \"3.0\" | api_version must be at most 2.0",
                "status_callback_urls | [\"http://10.0.0.1/SECRET\"] | status_callback_urls[0] must not lead to an internal address",
                "status_callback_urls | [\"ftp://example.com\"] | status_callback_urls[0] must begin with",
                "status_callback_urls | [\"https://example.com:70000/\"] | status_callback_urls[0] must have a port",
                "extensions | {\"dsr.example.com\":{\"tables\":[]}} | tables is not known here",
            })
    void whatIsWrongIsNamedInTheProtocolsOwnShapeWithoutWhatWasSent(String field, String value, String message)
            throws Exception {
        var sent = body();
        sent.put(field, JSON.readTree(value));
        var answer = call("POST", REQUESTS, as("INTAKE"), sent);
        assertThat(refused(answer, 400)).contains(message).doesNotContain("SECRET");
    }

    @Test
    void whoHasNoKeyIsToldSoInTheProtocolsOwnShapeBeforeAnythingIsRead() throws Exception {
        refused(call("POST", REQUESTS, nobody(), Map.of("not", "read")), 401);
        refused(call("POST", REQUESTS, with("xp_nonsense"), Map.of()), 401);
        refused(call("POST", REQUESTS, as("AUDITOR"), body()), 403);
        refused(call("GET", REQUESTS + "/x", as("ENGINEER"), null), 403);
    }

    @Test
    void whatIsNotThereIsSaidSoInTheProtocolsOwnShape() throws Exception {
        refused(call("GET", "/opendsr/v2/status", as("INTAKE"), null), 404);
        refused(call("PUT", REQUESTS, as("INTAKE"), body()), 404);
    }

    @Test
    void theSpecificationsOwnExampleWithItsCommaTooManyIsRead() throws Exception {
        var text = JSON.writeValueAsString(body()).replaceAll("\\}$", ",}");
        var answer = send("POST", REQUESTS, as("INTAKE"), text.getBytes(UTF_8), Map.of());
        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(201);
        assertThat(refused(send("POST", REQUESTS, as("INTAKE"), "{\"a\"".getBytes(UTF_8), Map.of()), 400))
                .contains("not JSON");
        refused(send("POST", REQUESTS, as("INTAKE"), new byte[0], Map.of()), 400);
        refused(send("POST", REQUESTS, as("INTAKE"), new byte[5 << 20], Map.of()), 413);
    }

    private static Map<String, Object> body(String... callbacks) {
        var body = new HashMap<String, Object>();
        body.put("regulation", "gdpr");
        body.put("subject_request_id", UUID.randomUUID().toString());
        body.put("subject_request_type", "erasure");
        body.put("submitted_time", "2026-10-20T08:00:00Z");
        body.put("api_version", "2.0");
        body.put("subject_identities", List.of(identity("controller_customer_id", "raw", "o-" + UUID.randomUUID())));
        body.put("status_callback_urls", List.of(callbacks));
        body.put("some_day", Map.of("a", "later version has more"));
        return body;
    }

    private static Map<String, String> identity(String type, String format, String value) {
        return Map.of("identity_type", type, "identity_format", format, "identity_value", value);
    }

    /** What an error says, which must have the protocol's shape. */
    private static String refused(HttpResponse<byte[]> answer, int status) {
        var text = new String(answer.body(), UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        assertThat(answer.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(v -> assertThat(v).contains("no-store"));
        var error = JSON.readTree(answer.body()).get("error");
        assertThat(error.get("code").asInt()).isEqualTo(status);
        var first = error.get("errors").get(0);
        assertThat(first.get("domain").asString()).isEqualTo("dsr.example.com");
        assertThat(first.get("reason").asString()).isNotEmpty();
        assertThat(first.get("message")).isEqualTo(error.get("message"));
        return text;
    }

    private PublicKey processor() throws Exception {
        var pem = call("GET", "/opendsr/v2/certificate.pem", null, null).body();
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem))
                .iterator()
                .next()
                .getPublicKey();
    }

    private void assertSigned(byte[] body, java.util.function.Function<String, java.util.Optional<String>> headers)
            throws Exception {
        for (var name : List.of("X-OpenDSR-", "X-OpenGDPR-")) {
            assertThat(headers.apply(name + "Processor-Domain")).hasValue("dsr.example.com");
            var verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(processor());
            verifier.update(body);
            assertThat(verifier.verify(Base64.getDecoder()
                            .decode(headers.apply(name + "Signature").orElseThrow())))
                    .isTrue();
        }
    }
}
