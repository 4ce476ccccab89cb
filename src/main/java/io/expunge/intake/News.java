package io.expunge.intake;

import static java.util.stream.Collectors.toMap;

import io.expunge.audit.AuditAppended;
import io.expunge.audit.AuditEvent;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.Standing;
import io.expunge.intake.ForeignRequests.Foreign;
import io.expunge.notify.Callbacks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Calls back whoever filed a request on every change of its status, in the transaction that changes it. */
@Component
class News {

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
    private final Map<String, Teller> tellers;

    News(ForeignRequests foreign, Erasures erasures, Callbacks callbacks, List<Teller> tellers) {
        this.foreign = foreign;
        this.erasures = erasures;
        this.callbacks = callbacks;
        this.tellers = tellers.stream().collect(toMap(Teller::protocol, Function.identity()));
    }

    @EventListener
    void on(AuditAppended appended) {
        var deleted = appended.events().stream()
                .filter(event -> event.action().equals("erasure.record-deleted"))
                .map(AuditEvent::subjectId)
                .toList();
        if (!deleted.isEmpty()) {
            foreign.delete(deleted);
        }
        var moved = appended.events().stream()
                .filter(event -> MOVES.contains(event.action()))
                .collect(toMap(AuditEvent::subjectId, AuditEvent::action, (one, next) -> next));
        if (moved.isEmpty()) {
            return;
        }
        var known = foreign.of(moved.keySet());
        if (known.isEmpty()) {
            return;
        }
        var standings = erasures
                .standings(known.stream().map(Foreign::requestId).toList())
                .stream()
                .collect(toMap(Standing::id, Function.identity()));
        for (var one : known) {
            var standing = standings.get(one.requestId());
            if (standing != null && (standing.stage() != one.told() || EXTENDED.equals(moved.get(one.requestId())))) {
                tell(one, standing);
            }
        }
    }

    /** Tells where it stands now, in the caller's transaction; nothing if the protocol was switched off meanwhile. */
    void tell(Foreign one, Standing standing) {
        var teller = tellers.get(one.protocol());
        if (teller == null) {
            return;
        }
        for (var url : one.callbacks()) {
            teller.body(one, standing, url)
                    .ifPresent(
                            body -> callbacks.enqueue(one.protocol(), one.controllerId(), one.requestId(), url, body));
        }
        foreign.told(one, standing.stage(), standing.stage().ended());
    }
}
