package io.expunge.erasure;

import io.expunge.audit.Actor;
import io.expunge.shared.Problem;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Requests as somebody looks through them: in views and orders that each have an index, page by page from a place in the
 * order, and counted by the time that is left. How many there are in all costs nothing.
 */
@Service
public class RequestBoard {

    /** Nobody counts further: more are as many more. */
    public static final int COUNTED = 10_000;

    private static final String OPEN = "('RECEIVED', 'RESOLVED', 'IN_PROGRESS', 'ATTENTION')";
    private static final Duration SOON = Duration.ofDays(3);
    private static final Duration WEEK = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final Clock clock;

    RequestBoard(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** What is looked through. */
    public enum View {
        OPEN,
        RECEIVED,
        RESOLVED,
        IN_PROGRESS,
        ATTENTION,
        COMPLETED,
        NO_MATCH,
        CANCELLED,
        REFUSED,
        ALL,
        OVERDUE,
        DUE_IN_3_DAYS,
        DUE_IN_7_DAYS,
        DUE_LATER;

        private boolean open() {
            return this == OPEN || span() != null;
        }

        private @Nullable Span span() {
            return switch (this) {
                case OVERDUE -> new Span(null, Duration.ZERO);
                case DUE_IN_3_DAYS -> new Span(Duration.ZERO, SOON);
                case DUE_IN_7_DAYS -> new Span(SOON, WEEK);
                case DUE_LATER -> new Span(WEEK, null);
                default -> null;
            };
        }
    }

    private record Span(@Nullable Duration from, @Nullable Duration to) {}

    /** What comes first. */
    public enum Order {
        DUE_FIRST("due_at, id", "(due_at, id) > "),
        DUE_LAST("due_at desc, id desc", "(due_at, id) < "),
        NEWEST("id desc", "id < "),
        OLDEST("id", "id > ");

        private final String by;
        private final String after;

        Order(String by, String after) {
            this.by = by;
            this.after = after;
        }

        boolean byDue() {
            return this == DUE_FIRST || this == DUE_LAST;
        }
    }

    /** A request in a list; nothing of what it says about people. */
    public record Row(
            UUID id,
            String state,
            String regulation,
            String submitter,
            Instant receivedAt,
            Instant dueAt,
            @Nullable Instant endedAt,
            int people,
            @Nullable Long records,
            boolean held) {

        /** Whether something is still to be done for it. */
        public boolean open() {
            return endedAt == null;
        }
    }

    /**
     * One page.
     *
     * @param next place where the next one begins; null on the last
     */
    public record Rows(List<Row> items, @Nullable String next) {}

    /** How many open requests there are, each at most {@link #COUNTED}. */
    public record Counts(int overdue, int threeDays, int sevenDays, int later, int attention, int held) {

        public int open() {
            return overdue + threeDays + sevenDays + later;
        }
    }

    /**
     * A page of a view.
     *
     * @param place {@code next} of the page before
     */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Rows list(View view, Order order, @Nullable String place, int limit) {
        var where = new ArrayList<String>();
        where.add("r.controller_id = :controller");
        if (view.open()) {
            where.add("r.state in " + OPEN);
        } else if (view != View.ALL) {
            where.add("r.state = '" + view.name() + "'");
        }
        var span = view.span();
        var now = clock.instant();
        if (span != null && span.from() != null) {
            where.add("r.due_at > :from");
        }
        if (span != null && span.to() != null) {
            where.add("r.due_at <= :to");
        }
        var from = place == null ? null : Place.read(place);
        if (from != null) {
            where.add(order.after + (order.byDue() ? "(:due, :id)" : ":id"));
        }
        var sql = """
                select p.*, c.hold_ground is not null
                from (select id, state, regulation, submitter, received_at, due_at, ended_at, people, matched
                      from erasure_request r where %s order by %s limit :limit) p
                left join erasure_clock c on c.request_id = p.id order by %s
                """.formatted(String.join(" and ", where), order.by, qualified(order));
        var rows = jdbc.sql(sql)
                .param("controller", Actor.current().controller())
                .param("limit", limit + 1)
                .param("from", span == null ? null : at(now, span.from()))
                .param("to", span == null ? null : at(now, span.to()))
                .param("due", from == null ? null : at(from.due()))
                .param("id", from == null ? null : from.id())
                .query(RequestBoard::read)
                .list();
        boolean more = rows.size() > limit;
        var items = more ? rows.subList(0, limit) : rows;
        return new Rows(List.copyOf(items), more ? Place.of(items.getLast()).text() : null);
    }

    /** The last requests that the caller filed in the console, newest first. */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    @Transactional(readOnly = true)
    public List<Row> filedByMe(int limit) {
        // the index holds those of users alone, so that it costs tools nothing
        return jdbc.sql("""
                        select p.*, c.hold_ground is not null
                        from (select id, state, regulation, submitter, received_at, due_at, ended_at, people, matched
                              from erasure_request
                              where controller_id = :controller and submitter = :self and submitter like 'user:%'
                              order by id desc limit :limit) p
                        left join erasure_clock c on c.request_id = p.id order by p.id desc
                        """)
                .param("controller", Actor.current().controller())
                .param("self", Actor.current().name())
                .param("limit", limit)
                .query(RequestBoard::read)
                .list();
    }

    private static String qualified(Order order) {
        return order.by.replace("due_at", "p.due_at").replaceAll("(^|, )id", "$1p.id");
    }

    /** Open requests by the time that is left. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Counts counts() {
        var now = clock.instant();
        return new Counts(
                due(null, now),
                due(now, now.plus(SOON)),
                due(now.plus(SOON), now.plus(WEEK)),
                due(now.plus(WEEK), null),
                count("from erasure_request where controller_id = :controller and state = 'ATTENTION'", null, null),
                count("""
                        from erasure_clock c join erasure_request r on r.id = c.request_id
                        where c.hold_ground is not null and r.controller_id = :controller and r.state in
                        """ + OPEN, null, null));
    }

    private int due(@Nullable Instant from, @Nullable Instant to) {
        return count(
                "from erasure_request where controller_id = :controller and state in " + OPEN
                        + (from == null ? "" : " and due_at > :from") + (to == null ? "" : " and due_at <= :to"),
                from,
                to);
    }

    private int count(String what, @Nullable Instant from, @Nullable Instant to) {
        return jdbc.sql("select count(*) from (select 1 " + what + " limit " + COUNTED + ") counted")
                .param("controller", Actor.current().controller())
                .param("from", from == null ? null : at(from))
                .param("to", to == null ? null : at(to))
                .query(Integer.class)
                .single();
    }

    private static @Nullable Timestamp at(Instant now, @Nullable Duration later) {
        return later == null ? null : at(now.plus(later));
    }

    private static Timestamp at(Instant instant) {
        return Timestamp.from(instant);
    }

    private static Row read(ResultSet row, int ignored) throws SQLException {
        var ended = row.getTimestamp(7);
        long matched = row.getLong(9);
        var records = row.wasNull() ? null : Long.valueOf(matched);
        return new Row(
                row.getObject(1, UUID.class),
                row.getString(2).toLowerCase(Locale.ROOT),
                row.getString(3).toLowerCase(Locale.ROOT),
                row.getString(4),
                row.getTimestamp(5).toInstant(),
                row.getTimestamp(6).toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getInt(8),
                records,
                row.getBoolean(10));
    }

    /** Where a page begins: after this request. */
    private record Place(Instant due, UUID id) {

        static Place of(Row row) {
            return new Place(row.dueAt(), row.id());
        }

        String text() {
            var micros = due.getEpochSecond() * 1_000_000 + due.getNano() / 1_000;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((micros + " " + id).getBytes(StandardCharsets.US_ASCII));
        }

        static Place read(String text) {
            try {
                var parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII).split(" ", -1);
                long micros = Long.parseLong(parts[0]);
                return new Place(
                        Instant.ofEpochSecond(
                                Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L),
                        UUID.fromString(parts[1]));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw Problem.invalid("place", "is not one that this service gave");
            }
        }
    }
}
