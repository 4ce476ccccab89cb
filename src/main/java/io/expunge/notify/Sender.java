package io.expunge.notify;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.audit.SigningKeys;
import io.expunge.notify.WebhookTable.Delivery;
import io.expunge.notify.WebhookTable.Webhook;
import io.expunge.run.LightTask;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkHttpClientBuilder;
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
    private static final int SIDE_BY_SIDE = 32;
    private static final int GONE = 410;
    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);
    private static final double JITTER = 0.1;

    private final WebhookTable table;
    private final Secrets secrets;
    private final SigningKeys keys;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final NotifySettings settings;
    private final Clock clock;
    private final HttpClient client;

    Sender(
            WebhookTable table,
            Secrets secrets,
            SigningKeys keys,
            AuditLog audit,
            TransactionTemplate transaction,
            Destinations destinations,
            NotifySettings settings,
            Clock clock) {
        this.table = table;
        this.secrets = secrets;
        this.keys = keys;
        this.audit = audit;
        this.transaction = transaction;
        this.settings = settings;
        this.clock = clock;
        this.client = new JdkHttpClientBuilder()
                .build(HttpClientSettings.defaults()
                        .withConnectTimeout(settings.timeout())
                        .withRedirects(HttpRedirects.DONT_FOLLOW)
                        .withInetAddressFilter(destinations.filter()));
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
        var room = new Semaphore(SIDE_BY_SIDE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : due) {
                var webhook = webhooks.get(one.webhook());
                if (webhook != null) {
                    room.acquireUninterruptibly();
                    threads.execute(() -> {
                        try {
                            deliver(webhook, one);
                        } catch (RuntimeException e) {
                            log.error("delivery {} could not be settled", one.id(), e);
                        } finally {
                            room.release();
                        }
                    });
                }
            }
        }
    }

    private void deliver(Webhook webhook, Delivery delivery) {
        try {
            var answer = send(webhook, delivery);
            if (answer.statusCode() / 100 == 2) {
                table.delivered(delivery.id(), answer.statusCode(), clock.instant());
                table.works(webhook.id());
            } else {
                refused(webhook, delivery, answer);
            }
        } catch (IOException e) {
            failed(webhook, delivery, null, e.getClass().getSimpleName(), Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<InputStream> send(Webhook webhook, Delivery delivery)
            throws IOException, InterruptedException {
        long seconds = clock.instant().getEpochSecond();
        var message = (delivery.messageId() + "." + seconds + "." + delivery.body()).getBytes(StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(URI.create(webhook.url()))
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Expunge")
                .header("webhook-id", delivery.messageId())
                .header("webhook-timestamp", Long.toString(seconds))
                .header("webhook-signature", signatures(webhook, message))
                .POST(BodyPublishers.ofString(delivery.body()))
                .build();
        var answer = client.send(request, BodyHandlers.ofInputStream());
        answer.body().close(); // what it says is of no interest, however long it is
        return answer;
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

    private void refused(Webhook webhook, Delivery delivery, HttpResponse<?> answer) {
        int status = answer.statusCode();
        if (status == GONE) {
            table.failed(delivery.id(), status, "gone", null);
            disable(webhook, "gone");
            return;
        }
        failed(webhook, delivery, status, status / 100 == 3 ? "redirect" : "refused", asked(answer));
    }

    private static Duration asked(HttpResponse<?> answer) {
        var seconds = answer.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO;
    }

    private void failed(Webhook webhook, Delivery delivery, @Nullable Integer status, String error, Duration asked) {
        var now = clock.instant();
        table.failed(delivery.id(), status, error, next(delivery.attempts(), asked, now));
        table.fails(webhook.id(), now);
        var since = webhook.failingSince();
        if (since != null && now.isAfter(since.plus(settings.disableAfter()))) {
            disable(webhook, "failing");
        }
    }

    private @Nullable Instant next(int attempts, Duration asked, Instant now) {
        if (attempts >= settings.retries().size()) {
            return null;
        }
        var pause = settings.retries().get(attempts);
        pause = asked.compareTo(pause) > 0 ? asked : pause;
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return now.plusMillis(Math.round(
                pause.toMillis() * (1 + JITTER * ThreadLocalRandom.current().nextDouble())));
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
