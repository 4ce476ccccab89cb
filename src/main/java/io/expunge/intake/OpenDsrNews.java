package io.expunge.intake;

import io.expunge.audit.AuditAppended;
import io.expunge.audit.AuditEvent;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.erasure.Standing.Stage;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.notify.Callbacks;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Calls controllers back on every change of a request's status, in the transaction that changes it. */
@Component
class OpenDsrNews {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String EXTENDED = "erasure.extended";
    private static final Set<String> MOVES = Set.of(
            "erasure.resolved",
            "erasure.in_progress",
            "erasure.attention",
            "erasure.no_match",
            "erasure.completed",
            "erasure.cancelled",
            "erasure.refused",
            EXTENDED);

    private final ForeignRequests foreign;
    private final Erasures erasures;
    private final Callbacks callbacks;

    OpenDsrNews(ForeignRequests foreign, Erasures erasures, Callbacks callbacks) {
        this.foreign = foreign;
        this.erasures = erasures;
        this.callbacks = callbacks;
    }

    @EventListener
    void on(AuditAppended appended) {
        var moved = appended.events().stream()
                .filter(event -> MOVES.contains(event.action()))
                .collect(Collectors.toMap(AuditEvent::subjectId, AuditEvent::action, (one, next) -> next));
        if (moved.isEmpty()) {
            return;
        }
        var known = foreign.of(OpenDsr.PROTOCOL, moved.keySet());
        if (known.isEmpty()) {
            return;
        }
        var standings = erasures
                .standings(known.stream().map(Foreign::requestId).toList())
                .stream()
                .collect(Collectors.toMap(Standing::id, Function.identity()));
        for (var one : known) {
            var standing = standings.get(one.requestId());
            if (standing != null && (standing.stage() != one.told() || EXTENDED.equals(moved.get(one.requestId())))) {
                tell(one, standing);
            }
        }
    }

    /** Tells where it stands now, in the caller's transaction. */
    void tell(Foreign one, Standing standing) {
        for (var url : one.callbacks()) {
            var body = OpenDsrStatus.of(one, standing);
            body.put("status_callback_url", url);
            callbacks.enqueue(
                    OpenDsr.PROTOCOL, one.controllerId(), one.requestId(), url, JSON.writeValueAsString(body));
        }
        foreign.told(one, standing.stage(), standing.stage() == Stage.COMPLETED || standing.stage() == Stage.DROPPED);
    }
}
