package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.audit.AuditLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Warns of deadlines that come near and raises the alarm for those that went by: once each, in log, audit and metrics. */
@Service
public class DeadlineWatch {

    private static final Logger log = LoggerFactory.getLogger(DeadlineWatch.class);

    private static final List<Duration> BEFORE = List.of(Duration.ofDays(7), Duration.ofDays(3), Duration.ofDays(1));
    private static final int AT_ONCE = 1_000;
    private static final Duration BEFORE_ACKNOWLEDGEMENT = Duration.ofDays(3);
    private static final Limit ANSWER = new Limit("due_at", "true");
    private static final Limit ACKNOWLEDGEMENT = new Limit("acknowledge_by", """
            not exists (select from erasure_clock c where c.request_id = r.id and c.acknowledged_at is not null)""");

    private final JdbcClient jdbc;
    private final AuditLog audit;
    private final Clock clock;
    private final AtomicLong overdue;
    private final AtomicLong dueSoon;
    private final AtomicLong unacknowledged;

    DeadlineWatch(JdbcClient jdbc, AuditLog audit, Clock clock, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.overdue = meters.gauge("expunge.requests.overdue", new AtomicLong());
        this.dueSoon = meters.gauge("expunge.requests.due.soon", new AtomicLong());
        this.unacknowledged = meters.gauge("expunge.requests.unacknowledged", new AtomicLong());
    }

    /**
     * What the law wants by some time.
     *
     * @param column the first instant that is too late
     * @param open whether it is still wanted of an open request {@code r}
     */
    private record Limit(String column, String open) {}

    private record Near(UUID request, UUID controller, Instant due) {}

    /** Looks at all open requests; safe to call from several processes at once. */
    @Transactional
    public void look() {
        var now = clock.instant();
        overdue.set(open(ANSWER, now));
        dueSoon.set(open(ANSWER, now.plus(BEFORE.get(1))) - overdue.get());
        unacknowledged.set(open(ACKNOWLEDGEMENT, now));
        for (var before : BEFORE) {
            tell(ANSWER, "due-in-" + before.toDays() + "-days", now.plus(before), now);
        }
        tell(ACKNOWLEDGEMENT, "acknowledgement-due", now.plus(BEFORE_ACKNOWLEDGEMENT), now);
        int unheard = tell(ACKNOWLEDGEMENT, "acknowledgement-overdue", now, now);
        if (unheard > 0) {
            log.error("{} erasure requests should have been acknowledged by now", unheard);
        }
        int late = tell(ANSWER, "overdue", now, now);
        if (late > 0) {
            log.error("{} erasure requests have passed their deadline; {} are overdue in all", late, overdue.get());
        }
    }

    private long open(Limit limit, Instant dueBefore) {
        return jdbc.sql("""
                        select count(*) from erasure_request r
                        where r.state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION') and r.%s <= ? and %s
                        """.formatted(limit.column(), limit.open()))
                .param(Timestamp.from(dueBefore))
                .query(Long.class)
                .single();
    }

    /** A deadline that was extended is warned of anew. */
    private int tell(Limit limit, String kind, Instant dueBefore, Instant now) {
        var near = jdbc.sql("""
                        with near as (
                            select r.id, r.controller_id, r.%1$s as due_at from erasure_request r
                            where r.state in ('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION') and r.%1$s <= :before
                              and %2$s
                              and not exists (select from erasure_warning w
                                  where w.request_id = r.id and w.due_at = r.%1$s and w.kind = :kind)
                            order by r.%1$s limit :limit
                        ), told as (
                            insert into erasure_warning (request_id, due_at, kind, at)
                            select id, due_at, :kind, :now from near on conflict do nothing
                            returning request_id
                        )
                        select n.id, n.controller_id, n.due_at from near n join told t on t.request_id = n.id
                        """.formatted(limit.column(), limit.open()))
                .param("before", Timestamp.from(dueBefore))
                .param("kind", kind)
                .param("limit", AT_ONCE)
                .param("now", Timestamp.from(now))
                .query((row, i) -> new Near(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        row.getTimestamp(3).toInstant()))
                .list();
        var events = new ArrayList<AuditEvent>();
        for (var one : near) {
            events.add(new AuditEvent(
                    Actor.system(one.controller()),
                    "erasure." + kind,
                    "erasure-request",
                    one.request(),
                    Map.of("due", one.due().toString())));
        }
        if (!events.isEmpty()) {
            audit.appendAll(events);
        }
        return near.size();
    }
}
