package io.expunge.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.audit.SigningKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

class WebhookIT extends HttpTest {

    @Autowired
    private SigningKeys keys;

    @Test
    void whatHappensToARequestIsToldInOrderSignedAndWithoutAnybodysName() {
        try (var receiver = new Receiver(0, body -> 200)) {
            var made = admin().post("/v1/webhooks", Map.of("url", receiver.url()))
                    .with(201)
                    .body();
            var request = filed("somebody@example.org");
            until(() -> about(receiver, request).size() == 2);
            var told = about(receiver, request);
            assertThat(told.get(0).body()).contains("\"type\":\"erasure.received\"");
            assertThat(told.get(1).body()).contains("\"type\":\"erasure.no_match\"");
            assertThat(told).allSatisfy(one -> {
                assertThat(one.signedBy(made.get("secret").asString())).isTrue();
                assertThat(one.body()).doesNotContain("somebody");
                var message = one.id() + "." + one.timestamp() + "." + one.body();
                var signature = List.of(one.signature().split(" ")).getLast();
                assertThat(signature).startsWith("v1a,");
                assertThat(keys.all()
                                .getLast()
                                .verifies(
                                        message.getBytes(StandardCharsets.UTF_8),
                                        Base64.getDecoder().decode(signature.substring(4))))
                        .isTrue();
            });
            assertThat(admin().post("/v1/webhooks", Map.of("url", receiver.url()))
                            .with(409)
                            .text("detail"))
                    .contains("url", made.get("id").asString());
            var shown = admin().get("/v1/webhooks/" + made.get("id").asString())
                    .with(200)
                    .body();
            assertThat(shown.has("secret")).isFalse();
            assertThat(shown.get("publicKey").asString()).startsWith("whpk_");
        }
    }

    @Test
    void afterARotationBothSecretsSignForADay() {
        try (var receiver = new Receiver(0, body -> 204)) {
            var made = admin().post("/v1/webhooks", Map.of("url", receiver.url(), "types", List.of("none")))
                    .with(201)
                    .body();
            var path = "/v1/webhooks/" + made.get("id").asString();
            var rotated = admin().post(path + "/rotate", Map.of()).with(200).text("secret");
            admin().post(path + "/test", Map.of()).with(202);
            until(() -> !receiver.got().isEmpty());
            var got = receiver.got().getFirst();
            assertThat(rotated).isNotEqualTo(made.get("secret").asString());
            assertThat(got.signedBy(rotated)).isTrue();
            assertThat(got.signedBy(made.get("secret").asString())).isTrue();
            assertThat(got.body()).contains("webhook.test");
        }
    }

    @Test
    void whatIsRefusedIsTriedAgainAndThenFailsAndIsReplayed() {
        var calls = new AtomicInteger();
        try (var receiver = new Receiver(0, body -> calls.incrementAndGet() <= 5 ? 500 : 200)) {
            var path = "/v1/webhooks/" + silent(receiver.url());
            admin().post(path + "/test", Map.of()).with(202);
            until(() -> state(path).equals("failed"));
            assertThat(calls).hasValue(4); // once and three times again
            var delivery = admin().get(path + "/deliveries").body().get(0);
            assertThat(delivery.get("status").asInt()).isEqualTo(500);
            admin().post(path + "/deliveries/" + delivery.get("id").asLong() + "/replay", Map.of())
                    .with(202);
            until(() -> state(path).equals("delivered"));
            assertThat(receiver.got())
                    .extracting(Receiver.Got::id)
                    .containsOnly(delivery.get("messageId").asString());
        }
    }

    @Test
    void aRedirectIsNoSuccessAndIsNotFollowed() {
        try (var receiver = new Receiver(0, body -> 302)) {
            var path = "/v1/webhooks/" + silent(receiver.url());
            admin().post(path + "/test", Map.of()).with(202);
            until(() -> state(path).equals("failed"));
            assertThat(admin().get(path + "/deliveries")
                            .body()
                            .get(0)
                            .get("error")
                            .asString())
                    .isEqualTo("redirect");
        }
    }

    @Test
    void anEndpointThatIsGoneIsDisabledAndCanBeEnabledAgain() {
        try (var receiver = new Receiver(0, body -> 410)) {
            var path = "/v1/webhooks/" + silent(receiver.url());
            admin().post(path + "/test", Map.of()).with(202);
            until(() -> !admin().get(path).body().get("enabled").asBoolean());
            assertThat(admin().post(path + "/enable", Map.of())
                            .with(200)
                            .body()
                            .get("enabled")
                            .asBoolean())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://example.org/, must begin",
        "http://169.254.169.254/latest/meta-data, internal",
        "http://10.0.0.7/hook, internal",
        "http://user:secret@localhost/, neither a user",
        "http://no-such-host.invalid/, cannot be resolved",
        "nonsense, must begin"
    })
    void whatMayNotBeCalledIsRefusedAtOnce(String url, String why) {
        assertThat(admin().post("/v1/webhooks", Map.of("url", url)).with(400).text("detail"))
                .contains("url", why);
    }

    @Test
    void onlyAnAdminOfTheControllerSeesThem() {
        try (var receiver = new Receiver(0, body -> 200)) {
            var path = "/v1/webhooks/" + silent(receiver.url());
            as("PRIVACY_OFFICER").get(path).with(403);
            ofAnotherController("ADMIN").get(path).with(404);
            admin().delete(path).with(204);
            admin().get(path).with(404);
        }
    }

    private String silent(String url) {
        return admin().post("/v1/webhooks", Map.of("url", url, "types", List.of("none")))
                .with(201)
                .text("id");
    }

    private String state(String path) {
        return admin().get(path + "/deliveries").body().get(0).get("state").asString();
    }

    private UUID filed(String person) {
        return UUID.fromString(as("INTAKE")
                .post(
                        "/v1/erasure-requests",
                        Map.of(
                                "regulation", "gdpr",
                                "submittedAt", Instant.now().toString(),
                                "subjects", List.of(person)))
                .with(202)
                .text("id"));
    }

    private static List<Receiver.Got> about(Receiver receiver, UUID id) {
        return receiver.got().stream()
                .filter(one -> one.body().contains(id.toString()))
                .toList();
    }

    private static void until(BooleanSupplier condition) {
        var end = Instant.now().plus(Duration.ofSeconds(120));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(end);
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
