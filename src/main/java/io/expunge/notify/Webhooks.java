package io.expunge.notify;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.notify.WebhookTable.Delivery;
import io.expunge.notify.WebhookTable.Webhook;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Endpoints of a controller and what was sent to them. */
@Service
class Webhooks {

    private static final String ADMIN = "hasRole('ADMIN')";
    private static final int MOST = 50;
    private static final int MOST_DELIVERIES = 200;

    private final WebhookTable table;
    private final Secrets secrets;
    private final Destinations destinations;
    private final AuditLog audit;
    private final Clock clock;

    Webhooks(WebhookTable table, Secrets secrets, Destinations destinations, AuditLog audit, Clock clock) {
        this.table = table;
        this.secrets = secrets;
        this.destinations = destinations;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Registers an endpoint.
     *
     * @throws Problem naming {@code url} if it may not be called, 409 if it is registered already
     */
    @PreAuthorize(ADMIN)
    @Transactional
    Webhook create(String url, List<String> types) {
        var actor = Actor.current();
        var checked = destinations.checked("url", url).toString();
        var known = table.all(actor.controller());
        if (known.size() >= MOST) {
            throw Problem.conflict("too-many-webhooks", "a controller has at most " + MOST + " webhooks");
        }
        known.stream().filter(one -> one.url().equals(checked)).findAny().ifPresent(one -> {
            throw Problem.conflict(
                    "webhook-exists",
                    "url is that of webhook " + one.id() + "; rotate its secret if it was lost, or delete it first");
        });
        var webhook = new Webhook(
                Ids.next(),
                actor.controller(),
                checked,
                types,
                1,
                null,
                true,
                null,
                clock.instant().truncatedTo(ChronoUnit.MICROS));
        table.insert(webhook);
        say(webhook, "created");
        return webhook;
    }

    @PreAuthorize(ADMIN)
    String secret(Webhook webhook) {
        return secrets.text(webhook.id(), webhook.generation());
    }

    @PreAuthorize(ADMIN)
    @Transactional(readOnly = true)
    List<Webhook> list() {
        return table.all(Actor.current().controller());
    }

    @PreAuthorize(ADMIN)
    @Transactional(readOnly = true)
    Webhook find(UUID id) {
        return own(id);
    }

    @PreAuthorize(ADMIN)
    @Transactional
    Webhook rotate(UUID id) {
        var webhook = own(id);
        table.rotate(id, clock.instant());
        say(webhook, "secret-rotated");
        return own(id);
    }

    @PreAuthorize(ADMIN)
    @Transactional
    Webhook enable(UUID id) {
        var webhook = own(id);
        destinations.checked("url", webhook.url());
        table.enable(id, true);
        say(webhook, "enabled");
        return own(id);
    }

    @PreAuthorize(ADMIN)
    @Transactional
    void delete(UUID id) {
        var webhook = own(id);
        table.delete(id);
        say(webhook, "deleted");
    }

    /** Sends something that nothing stands behind. */
    @PreAuthorize(ADMIN)
    @Transactional
    void test(UUID id) {
        var webhook = own(id);
        var now = clock.instant();
        table.enqueue(webhook, id, "webhook.test", Outbox.body("webhook.test", "webhook", id, now), now);
    }

    @PreAuthorize(ADMIN)
    @Transactional(readOnly = true)
    List<Delivery> deliveries(UUID id, Long before) {
        own(id);
        return table.deliveries(id, before, MOST_DELIVERIES);
    }

    @PreAuthorize(ADMIN)
    @Transactional
    void replay(UUID id, long delivery) {
        own(id);
        if (!table.replay(id, delivery, clock.instant())) {
            throw Problem.notFound("delivery", delivery);
        }
    }

    private Webhook own(UUID id) {
        return table.find(id)
                .filter(one -> one.controller().equals(Actor.current().controller()))
                .orElseThrow(() -> Problem.notFound("webhook", id));
    }

    private void say(Webhook webhook, String what) {
        audit.append(Actor.current(), "webhook." + what, "webhook", webhook.id(), Map.of());
    }
}
