package io.expunge.notify;

import io.expunge.audit.AuditAppended;
import io.expunge.audit.AuditEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Stores news of what was audited, in the same transaction: what is told has happened, and what has happened is told. */
@Component
class Outbox {

    /** What concerns the webhooks themselves, and reading, is nobody's news. */
    private static final List<String> TOLD = List.of("erasure.", "certificate.", "run.", "version.", "model.");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final WebhookTable table;

    Outbox(WebhookTable table) {
        this.table = table;
    }

    @EventListener
    void on(AuditAppended appended) {
        var told = appended.events().stream()
                .filter(event -> TOLD.stream().anyMatch(event.action()::startsWith))
                .toList();
        if (!told.isEmpty()) {
            table.enqueue(appended.at(), told, event -> body(event, appended.at()));
        }
    }

    private static String body(AuditEvent event, Instant at) {
        return body(event.action(), event.subjectType(), event.subjectId(), at);
    }

    /** Thin: whoever wants to know more asks with its own key. */
    static String body(String type, String subjectType, UUID subject, Instant at) {
        return JSON.writeValueAsString(new TreeMap<>(Map.of(
                "type",
                type,
                "timestamp",
                at.toString(),
                "data",
                new TreeMap<>(Map.of("id", subject.toString(), "kind", subjectType)))));
    }
}
