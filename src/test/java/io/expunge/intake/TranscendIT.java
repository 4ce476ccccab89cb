package io.expunge.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.evidence.WholePathIT;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transcend's server webhook from Sombra's side. */
class TranscendIT extends ProtocolIT {

    private static final String REQUESTS = "/transcend/v1/requests";
    private static final String SILO = "/v1/data-silo";

    @Test
    void whomNobodyKnowsIsAnsweredAtOnceWithNoContent() throws Exception {
        var answer = webhook("tr-nobody", token("tr-nobody"), "nonce-" + UUID.randomUUID());
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void whoHasBeenForgottenIsConfirmedWithTheNonce() throws Exception {
        policy("tr-swift", true);
        var model = WholePathIT.trainedModel(as("ENGINEER"), "tr-swift", "tr-");
        var nonces = new HashMap<String, String>();
        for (var person : twelve("tr-")) {
            nonces.put(person, "nonce-" + UUID.randomUUID());
            var answer = webhook(person, token(person), nonces.get(person));
            assertThat(answer.statusCode()).isEqualTo(200);
            // sent again it is the same request, and its nonce is a new one
            nonces.put(person, "nonce-" + UUID.randomUUID());
            var again = webhook(person, token(person), nonces.get(person));
            assertThat(again.body()).isEqualTo(answer.body());
        }
        approveUntil(
                model,
                () -> Others.toldAt(SILO).stream()
                        .map(told -> told.headers().get("x-transcend-nonce"))
                        .toList()
                        .containsAll(nonces.values()));
        assertThat(Others.toldAt(SILO).stream()
                        .filter(told -> nonces.containsValue(told.headers().get("x-transcend-nonce"))))
                .hasSizeGreaterThanOrEqualTo(12)
                .allSatisfy(told -> {
                    assertThat(told.method()).isEqualTo("PUT");
                    assertThat(told.headers().get("Authorization")).isEqualTo("Bearer the-api-key");
                    assertThat(told.headers().get("x-sombra-authorization")).isEqualTo("Bearer the-sombra-key");
                    assertThat(new String(told.body(), UTF_8)).isEqualTo("{}");
                });
    }

    @Test
    void whoeverAsksAgainAfterTheEndIsToldAgain() throws Exception {
        policy("tr-again", false);
        WholePathIT.trainedModel(as("ENGINEER"), "tr-again", "tragain-");
        var first = "nonce-" + UUID.randomUUID();
        var answer = json(webhook("tragain-0", token("tragain-0"), first));
        as("PRIVACY_OFFICER")
                .post(
                        "/v1/erasure-requests/" + answer.get("requestId").asString() + "/refuse",
                        Map.of("ground", "legal_claims"))
                .with(200);
        until(() -> said(first) != null);
        var second = "nonce-" + UUID.randomUUID();
        assertThat(webhook("tragain-0", token("tragain-0"), second).statusCode())
                .isEqualTo(200);
        until(() -> said(second) != null);
        assertThat(said(second)).isEqualTo(said(first));
    }

    @Test
    void aRefusalAndAWithdrawalAreToldAsSkipped() throws Exception {
        policy("tr-idle", false);
        WholePathIT.trainedModel(as("ENGINEER"), "tr-idle", "trrefused-");
        var refused = "nonce-" + UUID.randomUUID();
        var withdrawn = "nonce-" + UUID.randomUUID();
        var first = json(webhook("trrefused-0", token("trrefused-0"), refused));
        var second = json(webhook("trrefused-1", token("trrefused-1"), withdrawn));
        as("PRIVACY_OFFICER")
                .post(
                        "/v1/erasure-requests/" + first.get("requestId").asString() + "/refuse",
                        Map.of("ground", "legal_claims"))
                .with(200);
        as("INTAKE")
                .post("/v1/erasure-requests/" + second.get("requestId").asString() + "/cancel", "")
                .with(200);
        until(() -> said(refused) != null && said(withdrawn) != null);
        assertThat(JSON.readTree(said(refused)))
                .isEqualTo(JSON.readTree(
                        "{\"status\":\"SKIPPED_DUE_TO_EXCEPTION\",\"message\":\"refused: legal_claims\"}"));
        assertThat(JSON.readTree(said(withdrawn)))
                .isEqualTo(JSON.readTree("{\"status\":\"SKIPPED\",\"message\":\"withdrawn\"}"));
    }

    private static byte[] said(String nonce) {
        return Others.toldAt(SILO).stream()
                .filter(told -> nonce.equals(told.headers().get("x-transcend-nonce")))
                .map(Receiver.Told::body)
                .findFirst()
                .orElse(null);
    }

    @ParameterizedTest
    @CsvSource({
        "none",
        "forged",
        "other-audience",
        "no-scope",
        "other-scope",
        "old",
        "future",
        "unsigned",
        "rs256",
        "cut"
    })
    void aTokenThatIsNotSombrasIsRefusedBeforeTheBodyIsRead(String kind) throws Exception {
        var now = Instant.now().getEpochSecond();
        var good = Map.<String, Object>of("aud", "example", "scope", "coreIdentifier", "iat", now);
        var token = switch (kind) {
            case "none" -> null;
            case "forged" -> new Sombra().signed("ES384", good);
            case "other-audience" -> Others.SOMBRA.signed("ES384", with(good, "aud", "somebody"));
            case "no-scope" -> Others.SOMBRA.signed("ES384", with(good, "scope", null));
            case "other-scope" -> Others.SOMBRA.signed("ES384", with(good, "scope", "profile"));
            case "old" -> Others.SOMBRA.signed("ES384", with(good, "iat", now - 7_200));
            case "future" -> Others.SOMBRA.signed("ES384", with(good, "iat", now + 600));
            case "unsigned" -> Sombra.part(Map.of("alg", "none")) + "." + Sombra.part(good) + ".";
            case "rs256" -> Others.SOMBRA.signed("RS256", good);
            case "cut" -> Others.SOMBRA.signed("ES384", good).replaceAll("..$", "");
            default -> throw new IllegalArgumentException(kind);
        };
        var headers = new HashMap<>(Map.of("x-transcend-nonce", "n"));
        if (token != null) {
            headers.put("x-sombra-token", token);
        }
        var answer = send("POST", REQUESTS, as("INTAKE"), "not read".getBytes(UTF_8), headers);
        assertThat(refused(answer, 401)).contains("x-sombra-token");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"ACCESS\"} | type must be ERASURE",
                "{} | type is required",
                "{\"type\":\"ERASURE\"} | coreIdentifier is required",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":{\"value\":\"SECRET\"}} | coreIdentifier.value is not what",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":{\"value\":\"core\"}} | extras is required",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":{\"value\":\"core\"},\"extras\":{}} | extras.profile is required",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":{\"value\":\"core\"},\"extras\":{\"profile\":{}}} | extras.profile.identifier is required",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":\"SECRET\"} | coreIdentifier must be",
                "{\"type\":\"ERASURE\",\"coreIdentifier\":{\"value\":\"core\"},\"extras\":{\"profile\":{\"identifier\":\"SECRET\\u0000\"}}} | extras.profile.identifier must be text without the character U+0000",
                "{ | not JSON",
            })
    void whatIsWrongIsNamedWithoutWhatWasSent(String body, String message) throws Exception {
        var headers = Map.of("x-transcend-nonce", "n", "x-sombra-token", token("core"));
        var answer = send("POST", REQUESTS, as("INTAKE"), body.getBytes(UTF_8), headers);
        assertThat(refused(answer, 400)).contains(message).doesNotContain("SECRET");
    }

    @Test
    void aKeyOfOursIsWantedBesideTheToken() throws Exception {
        var headers = Map.of("x-transcend-nonce", "n", "x-sombra-token", token("core"));
        refused(send("POST", REQUESTS, nobody(), new byte[0], headers), 401);
        refused(send("POST", REQUESTS, as("AUDITOR"), new byte[0], headers), 403);
        refused(send("GET", REQUESTS, as("INTAKE"), new byte[0], headers), 404);
        refused(send("POST", REQUESTS, as("INTAKE"), new byte[0], Map.of("x-sombra-token", token("core"))), 400);
    }

    private HttpResponse<byte[]> webhook(String person, String token, String nonce) throws Exception {
        var body = Map.of(
                "type",
                "ERASURE",
                "coreIdentifier",
                Map.of("value", person),
                "extras",
                Map.of(
                        "profile",
                        Map.of("identifier", person, "type", "email"),
                        "request",
                        Map.of(
                                "link",
                                "https://app.transcend.io/privacy-requests/incoming/" + person,
                                "type",
                                "ERASURE")));
        return send(
                "POST",
                REQUESTS,
                as("INTAKE"),
                JSON.writeValueAsBytes(body),
                Map.of("x-sombra-token", token, "x-transcend-nonce", nonce));
    }

    private static String token(String person) throws Exception {
        return Others.SOMBRA.token(person);
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        var changed = new HashMap<>(claims);
        changed.put(name, value);
        changed.values().removeIf(java.util.Objects::isNull);
        return changed;
    }

    private static String refused(HttpResponse<byte[]> answer, int status) {
        var text = new String(answer.body(), UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        assertThat(JSON.readTree(answer.body()).get("error").asString()).isNotEmpty();
        assertThat(List.of("reason")).allMatch(JSON.readTree(answer.body())::has);
        return text;
    }
}
