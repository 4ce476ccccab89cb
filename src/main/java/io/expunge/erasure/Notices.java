package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.RecipientView;
import io.expunge.catalog.Recipients;
import io.expunge.shared.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Whom a completed request obliges to tell, and what came of it: GDPR Article 19. */
@Service
public class Notices {

    private final JdbcClient jdbc;
    private final RequestRepository requests;
    private final Forgotten forgotten;
    private final Recipients recipients;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Notices(
            JdbcClient jdbc,
            RequestRepository requests,
            Forgotten forgotten,
            Recipients recipients,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.forgotten = forgotten;
        this.recipients = recipients;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** What may come of a notice; the last two are what the article lets a controller plead. */
    public enum State {
        DUE,
        NOTIFIED,
        IMPOSSIBLE,
        DISPROPORTIONATE
    }

    /**
     * A recipient that is to be told.
     *
     * @param decidedBy name of the actor who said what came of it; null while it is due
     */
    public record Notice(
            RecipientView recipient,
            State state,
            Instant dueSince,
            @Nullable Instant decidedAt,
            @Nullable String decidedBy) {}

    /** Lists the recipients of versions that still know whom the request was about. */
    @Transactional(propagation = Propagation.MANDATORY)
    void completed(RequestEntity request, Collection<UUID> models) {
        var knowing = new HashMap<UUID, Boolean>();
        var due = recipients.ofModels(models).stream()
                .filter(recipient ->
                        knowing.computeIfAbsent(recipient.versionId(), version -> forgotten.knows(request, version)))
                .map(RecipientView::id)
                .toList();
        if (due.isEmpty()) {
            return;
        }
        jdbc.sql("""
                        insert into recipient_notice (request_id, recipient_id, controller_id, state, due_since)
                        select ?, r, ?, 'DUE', ? from unnest(?::uuid[]) r on conflict do nothing
                        """)
                .params(request.id(), request.controllerId(), Timestamp.from(clock.instant()), due.toArray(UUID[]::new))
                .update();
        audit.append(
                Actor.system(request.controllerId()),
                "erasure.recipients-due",
                "erasure-request",
                request.id(),
                Map.of("recipients", due.size()));
        events.publishEvent(new RecipientsToNotify(request.id(), request.controllerId(), due));
    }

    /** Everybody whom the caller's request obliges to tell. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public List<Notice> ofRequest(UUID requestId) {
        requireOwn(requestId);
        return of(requestId);
    }

    private List<Notice> of(UUID requestId) {
        record Row(
                UUID recipient,
                State state,
                Instant dueSince,
                @Nullable Instant decidedAt,
                @Nullable String by) {

            static Row read(ResultSet row, int number) throws SQLException {
                var decided = row.getTimestamp(4);
                return new Row(
                        row.getObject(1, UUID.class),
                        State.valueOf(row.getString(2)),
                        row.getTimestamp(3).toInstant(),
                        decided == null ? null : decided.toInstant(),
                        row.getString(5));
            }
        }
        var rows = jdbc.sql("""
                        select recipient_id, state, due_since, decided_at, decided_by
                        from recipient_notice where request_id = ? order by recipient_id
                        """).param(requestId).query(Row::read).list();
        var known = recipients.of(rows.stream().map(Row::recipient).toList()).stream()
                .collect(Collectors.toMap(RecipientView::id, Function.identity()));
        return rows.stream()
                .map(row -> new Notice(
                        java.util.Objects.requireNonNull(known.get(row.recipient())),
                        row.state(),
                        row.dueSince(),
                        row.decidedAt(),
                        row.by()))
                .toList();
    }

    /** Records by hand what came of a notice. */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional
    public Notice decide(UUID requestId, UUID recipientId, State state) {
        var actor = Actor.current();
        requireOwn(requestId);
        return decide(actor, requestId, recipientId, state);
    }

    /** Records what came of a notice, in the caller's transaction, for whoever delivers them. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Notice decide(Actor actor, UUID requestId, UUID recipientId, State state) {
        int changed = jdbc.sql("""
                        update recipient_notice set state = ?, decided_at = ?, decided_by = ?
                        where request_id = ? and recipient_id = ?
                        """)
                .params(state.name(), Timestamp.from(clock.instant()), actor.name(), requestId, recipientId)
                .update();
        if (changed == 0) {
            throw Problem.notFound("recipient", recipientId);
        }
        audit.append(
                actor,
                "erasure.recipient-" + state.name().toLowerCase(java.util.Locale.ROOT),
                "erasure-request",
                requestId,
                Map.of("recipient", recipientId.toString()));
        return of(requestId).stream()
                .filter(notice -> notice.recipient().id().equals(recipientId))
                .findAny()
                .orElseThrow();
    }

    private void requireOwn(UUID requestId) {
        if (requests.findByIdAndControllerId(requestId, Actor.current().controller())
                .isEmpty()) {
            throw Problem.notFound("erasure request", requestId);
        }
    }
}
