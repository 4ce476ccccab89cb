package io.expunge.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.audit.AuditLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ten thousand deliveries to a receiver that fails at random and is killed. Not part of {@code verify}: {@code ./mvnw test
 * -Dtest=WebhookDrill}.
 */
@TestPropertySource(
        properties = {
            "expunge.notify.allow-http=true",
            "expunge.notify.allowed-networks=127.0.0.0/8,::1/128",
            "expunge.notify.retries=200ms,200ms,500ms,500ms,1s,1s,1s,2s,2s,2s,2s,2s,5s,5s,5s,5s,5s,5s,5s,5s"
        })
class WebhookDrill extends HttpTest {

    private static final int SUBJECTS = 2_500;
    private static final List<String> STEPS =
            List.of("erasure.received", "erasure.resolved", "erasure.in_progress", "erasure.completed");
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @Autowired
    private AuditLog log;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient database;

    @Test
    void eachIsDeliveredAtLeastOnceSignedAndInOrder() throws Exception {
        var receiver = new Receiver(0, body -> answer());
        int port = receiver.port();
        var received = new ArrayList<Receiver.Got>();
        var made = admin().post("/v1/webhooks", Map.of("url", receiver.url(), "types", STEPS))
                .with(201)
                .body();
        var webhook = UUID.fromString(made.get("id").asString());
        var controller = database.sql("select controller_id from webhook where id = ?")
                .param(webhook)
                .query(UUID.class)
                .single();
        var begun = Instant.now();
        for (var step : STEPS) {
            transaction.executeWithoutResult(status -> log.appendAll(subjects()
                    .map(subject ->
                            new AuditEvent(Actor.system(controller), step, "erasure-request", subject, Map.of()))
                    .toList()));
        }
        int deaths = 0;
        while (pending(webhook) > 0) {
            assertThat(Duration.between(begun, Instant.now())).isLessThan(PATIENCE);
            Thread.sleep(2_000);
            if (deaths < 3) {
                receiver.close();
                received.addAll(receiver.got());
                deaths++;
                Thread.sleep(3_000);
                receiver = new Receiver(port, body -> answer());
            }
        }
        received.addAll(receiver.got());
        receiver.close();
        var accepted = received.stream().filter(one -> one.status() == 200).toList();
        var secret = made.get("secret").asString();
        long signed = received.stream().filter(one -> one.signedBy(secret)).count();
        var ids = accepted.stream().map(Receiver.Got::id).collect(Collectors.toSet());
        System.out.println(String.format(
                Locale.ROOT,
                "%d deliveries of %d calls after %s, %d deaths of the receiver, %d accepted more than once, %d signatures valid",
                ids.size(),
                received.size(),
                Duration.between(begun, Instant.now()),
                deaths,
                accepted.size() - ids.size(),
                signed));
        assertThat(ids).hasSize(SUBJECTS * STEPS.size());
        assertThat(signed).isEqualTo(received.size());
        var order = new HashMap<String, LinkedHashSet<String>>();
        accepted.forEach(one -> {
            var body = JSON.readTree(one.body());
            order.computeIfAbsent(body.get("data").get("id").asString(), id -> new LinkedHashSet<>())
                    .add(body.get("type").asString());
        });
        assertThat(order).hasSize(SUBJECTS);
        assertThat(order.values()).allSatisfy(steps -> assertThat(steps).containsExactlyElementsOf(STEPS));
    }

    private static java.util.stream.Stream<UUID> subjects() {
        return java.util.stream.IntStream.range(0, SUBJECTS).mapToObj(i -> new UUID(5, i));
    }

    private static int answer() {
        int chance = ThreadLocalRandom.current().nextInt(10);
        return chance == 0 ? 500 : chance == 1 ? -1 : chance == 2 ? 503 : 200;
    }

    private long pending(UUID webhook) {
        return database.sql("select count(*) from webhook_delivery where webhook_id = ? and state <> 'DELIVERED'")
                .param(webhook)
                .query(Long.class)
                .single();
    }
}
