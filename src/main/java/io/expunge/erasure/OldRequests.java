package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.audit.AuditLog;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Lets go of requests that bind nobody any more: those without a match, withdrawn or refused, once the time is over for which
 * a controller has to show them. Completed ones stay, since they keep people from being learned again.
 */
@Service
public class OldRequests {

    /** Rows that stand beside a request, in the order in which they may go. */
    private static final List<String> BESIDE = List.of(
            "erasure_target", "erasure_warning", "erasure_clock", "recipient_notice", "request_key", "request_payload");

    private static final String[] FREE = Stream.of(RequestState.values())
            .filter(state -> state.ended() && !state.binding())
            .map(Enum::name)
            .toArray(String[]::new);

    private final JdbcClient jdbc;
    private final PayloadSettings settings;
    private final AuditLog audit;
    private final Clock clock;

    OldRequests(JdbcClient jdbc, PayloadSettings settings, AuditLog audit, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.audit = audit;
        this.clock = clock;
    }

    private record Old(UUID id, UUID controller, String state) {}

    /**
     * Deletes those whose time is over; the log keeps that they were there.
     *
     * @return how many
     */
    @Transactional
    public int delete(int limit) {
        var before = clock.instant()
                .atZone(ZoneOffset.UTC)
                .minus(settings.keepRequests())
                .toInstant();
        var old = jdbc.sql("""
                        select id, controller_id, state from erasure_request
                        where ended_at < ? and shredded_at is not null and state = any (?)
                        order by ended_at limit ? for update skip locked
                        """)
                .params(Timestamp.from(before), FREE, limit)
                .query((row, i) ->
                        new Old(row.getObject(1, UUID.class), row.getObject(2, UUID.class), row.getString(3)))
                .list();
        if (old.isEmpty()) {
            return 0;
        }
        var ids = old.stream().map(Old::id).toArray(UUID[]::new);
        BESIDE.forEach(table -> jdbc.sql("delete from " + table + " where request_id = any (?)")
                .param(ids)
                .update());
        jdbc.sql("delete from erasure_request where id = any (?)").param(ids).update();
        audit.appendAll(old.stream().map(OldRequests::event).toList());
        return old.size();
    }

    private static AuditEvent event(Old old) {
        return new AuditEvent(
                Actor.system(old.controller()),
                "erasure.record-deleted",
                "erasure-request",
                old.id(),
                Map.of("state", old.state().toLowerCase(Locale.ROOT)));
    }
}
