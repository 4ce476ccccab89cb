package io.expunge.notify;

import io.expunge.api.NewWebhook;
import io.expunge.api.Webhook;
import io.expunge.api.WebhookDelivery;
import io.expunge.api.WebhooksApi;
import io.expunge.audit.SigningKeys;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class WebhookController implements WebhooksApi {

    private final Webhooks webhooks;
    private final SigningKeys keys;

    WebhookController(Webhooks webhooks, SigningKeys keys) {
        this.webhooks = webhooks;
        this.keys = keys;
    }

    @Override
    public ResponseEntity<Webhook> createWebhook(NewWebhook declared) {
        var made =
                webhooks.create(declared.getUrl(), Objects.requireNonNullElse(declared.getTypes(), List.<String>of()));
        return ResponseEntity.created(URI.create("/v1/webhooks/" + made.id()))
                .body(present(made).secret(webhooks.secret(made)));
    }

    @Override
    public ResponseEntity<List<Webhook>> listWebhooks() {
        return ResponseEntity.ok(webhooks.list().stream().map(this::present).toList());
    }

    @Override
    public ResponseEntity<Webhook> getWebhook(UUID id) {
        return ResponseEntity.ok(present(webhooks.find(id)));
    }

    @Override
    public ResponseEntity<Void> deleteWebhook(UUID id) {
        webhooks.delete(id);
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<Webhook> rotateWebhookSecret(UUID id) {
        var rotated = webhooks.rotate(id);
        return ResponseEntity.ok(present(rotated).secret(webhooks.secret(rotated)));
    }

    @Override
    public ResponseEntity<Webhook> enableWebhook(UUID id) {
        return ResponseEntity.ok(present(webhooks.enable(id)));
    }

    @Override
    public ResponseEntity<Void> testWebhook(UUID id) {
        webhooks.test(id);
        return ResponseEntity.accepted().build();
    }

    @Override
    public ResponseEntity<List<WebhookDelivery>> listDeliveries(UUID id, @Nullable Long before) {
        return ResponseEntity.ok(
                webhooks.deliveries(id, before == null ? Long.valueOf(Long.MAX_VALUE) : before).stream()
                        .map(WebhookController::present)
                        .toList());
    }

    @Override
    public ResponseEntity<Void> replayDelivery(UUID id, Long delivery) {
        webhooks.replay(id, delivery);
        return ResponseEntity.accepted().build();
    }

    private Webhook present(WebhookTable.Webhook webhook) {
        var current = keys.all().getLast();
        return new Webhook(
                        webhook.id(),
                        webhook.url(),
                        webhook.types(),
                        webhook.enabled(),
                        "whpk_" + Base64.getEncoder().encodeToString(current.raw()),
                        at(webhook.createdAt()))
                .failingSince(atOrNull(webhook.failingSince()));
    }

    private static WebhookDelivery present(WebhookTable.Delivery delivery) {
        return new WebhookDelivery(
                        delivery.id(),
                        delivery.messageId(),
                        delivery.type(),
                        delivery.subject(),
                        WebhookDelivery.StateEnum.fromValue(delivery.state().toLowerCase(Locale.ROOT)),
                        delivery.attempts(),
                        at(delivery.createdAt()))
                .status(delivery.status())
                .error(delivery.error())
                .nextAt(delivery.state().equals("PENDING") ? at(delivery.nextAt()) : null)
                .deliveredAt(atOrNull(delivery.deliveredAt()));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable OffsetDateTime atOrNull(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }
}
