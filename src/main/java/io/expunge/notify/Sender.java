package io.expunge.notify;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.audit.SigningKeys;
import io.expunge.notify.WebhookTable.Delivery;
import io.expunge.notify.WebhookTable.Webhook;
import io.expunge.run.LightTask;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Delivers what is due: at least once, in order for each endpoint and subject, signed as <a
 * href="https://www.standardwebhooks.com">Standard Webhooks</a> has it, by HMAC and by Ed25519.
 */
@Component
class Sender implements LightTask {

    private static final Logger log = LoggerFactory.getLogger(Sender.class);

    private static final int AT_ONCE = 500;
    private static final int GONE = 410;

    private final WebhookTable table;
    private final Secrets secrets;
    private final SigningKeys keys;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final NotifySettings settings;
    private final Clock clock;
    private final Courier courier;

    Sender(
            WebhookTable table,
            Secrets secrets,
            SigningKeys keys,
            AuditLog audit,
            TransactionTemplate transaction,
            Courier courier,
            NotifySettings settings,
            Clock clock) {
        this.table = table;
        this.secrets = secrets;
        this.keys = keys;
        this.audit = audit;
        this.transaction = transaction;
        this.settings = settings;
        this.clock = clock;
        this.courier = courier;
    }

    @Override
    public String name() {
        return "webhook-delivery";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void execute() {
        List<Delivery> due;
        do {
            due = table.due(clock.instant(), AT_ONCE);
            deliver(due);
        } while (due.size() == AT_ONCE);
    }

    private void deliver(List<Delivery> due) {
        var webhooks = new HashMap<UUID, Webhook>();
        due.forEach(one ->
                webhooks.computeIfAbsent(one.webhook(), id -> table.find(id).orElse(null)));
        courier.each(due, one -> {
            var webhook = webhooks.get(one.webhook());
            if (webhook != null) {
                deliver(webhook, one);
            }
        });
    }

    private void deliver(Webhook webhook, Delivery delivery) {
        long seconds = clock.instant().getEpochSecond();
        var message = (delivery.messageId() + "." + seconds + "." + delivery.body()).getBytes(StandardCharsets.UTF_8);
        var answer = courier.post(
                webhook.url(),
                delivery.body(),
                Map.of(
                        "webhook-id",
                        delivery.messageId(),
                        "webhook-timestamp",
                        Long.toString(seconds),
                        "webhook-signature",
                        signatures(webhook, message)));
        if (answer.taken()) {
            table.delivered(delivery.id(), answer.status(), clock.instant());
            table.works(webhook.id());
        } else if (answer.status() == GONE) {
            table.failed(delivery.id(), GONE, "gone", null);
            disable(webhook, "gone");
        } else if (!answer.error().equals(Courier.INTERRUPTED)) {
            failed(webhook, delivery, answer);
        }
    }

    private String signatures(Webhook webhook, byte[] message) {
        var all = new StringBuilder(secrets.sign(webhook.id(), webhook.generation(), message));
        var rotated = webhook.rotatedAt();
        if (rotated != null && clock.instant().isBefore(rotated.plus(settings.overlap()))) {
            all.append(' ').append(secrets.sign(webhook.id(), webhook.generation() - 1, message));
        }
        return all.append(" v1a,")
                .append(Base64.getEncoder().encodeToString(keys.sign(message).signature()))
                .toString();
    }

    private void failed(Webhook webhook, Delivery delivery, Courier.Answer answer) {
        var now = clock.instant();
        table.failed(
                delivery.id(),
                answer.status() == 0 ? null : answer.status(),
                answer.error(),
                courier.next(delivery.attempts(), answer, now));
        table.fails(webhook.id(), now);
        var since = webhook.failingSince();
        if (since != null && now.isAfter(since.plus(settings.disableAfter()))) {
            disable(webhook, "failing");
        }
    }

    private void disable(Webhook webhook, String why) {
        transaction.executeWithoutResult(status -> {
            table.enable(webhook.id(), false);
            audit.append(
                    Actor.system(webhook.controller()),
                    "webhook.disabled",
                    "webhook",
                    webhook.id(),
                    Map.of("why", why));
        });
        log.warn("webhook {} is disabled: {}", webhook.id(), why);
    }
}
