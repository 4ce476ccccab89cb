package io.expunge.schedule;

import io.expunge.api.ExpiredSelection;
import io.expunge.api.ListedSelection;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.NewSchedule;
import io.expunge.api.RecordSelection;
import io.expunge.audit.Actor;
import io.expunge.catalog.RecordDates;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.SubjectLists;
import io.expunge.schedule.ScheduleTable.Row;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** What a standing order would file now. */
@Component
class Scope {

    private static final int RECORDS_AT_ONCE = 200_000;
    private static final int PEOPLE_AT_ONCE = 10_000;
    private static final int TIMES_BACK = 1_000;

    private final RecordDates dates;
    private final SubjectLists lists;
    private final FiringTable firings;
    private final Erasures erasures;
    private final Clock clock;

    Scope(RecordDates dates, SubjectLists lists, FiringTable firings, Erasures erasures, Clock clock) {
        this.dates = dates;
        this.lists = lists;
        this.firings = firings;
        this.erasures = erasures;
        this.clock = clock;
    }

    /** Requests for the records whose time began by {@code last}, without those that were filed before. */
    List<NewErasureRequest> expired(Row row, ExpiredSelection selection, LocalDate last) {
        var found = dates.until(selection.getDatasetId(), row.filedUntil(), last);
        var requests = new ArrayList<NewErasureRequest>();
        for (int from = 0; from < found.length; from += RECORDS_AT_ONCE) {
            var some = Arrays.copyOfRange(found, from, Math.min(found.length, from + RECORDS_AT_ONCE));
            requests.add(request(selection.getRegulation().getValue())
                    .records(List.of(new RecordSelection(
                            selection.getDatasetId(),
                            Arrays.stream(some).boxed().toList()))));
        }
        return requests;
    }

    /** The last day from which on a record's time is over at {@code now}: its period's last day lies before today. */
    static LocalDate lastDay(NewSchedule order, ExpiredSelection selection, Instant now) {
        return lastDay(Period.parse(selection.getKeepFor()), LocalDate.ofInstant(now, ZoneId.of(order.getTimeZone())));
    }

    /** The latest day d with d + period before today; months of several lengths make it another than today − period. */
    static LocalDate lastDay(Period period, LocalDate today) {
        var day = today.minus(period).plusDays(4);
        while (!day.plus(period).isBefore(today)) {
            day = day.minusDays(1);
        }
        return day;
    }

    /** People on the order's list whom a model knows and for whom no request of the order is open. */
    List<String> known(Actor actor, Row row, ListedSelection selection) {
        var open = erasures.openAmong(firings.requests(row.id(), TIMES_BACK));
        var known = new ArrayList<String>();
        var all = lists.open(row.id());
        for (int from = 0; from < all.size(); from += PEOPLE_AT_ONCE) {
            known.addAll(erasures.known(
                    actor, all.subList(from, Math.min(all.size(), from + PEOPLE_AT_ONCE)), datasets(selection), open));
        }
        return known;
    }

    /** Requests for these people. */
    List<NewErasureRequest> listed(ListedSelection selection, List<String> known) {
        var requests = new ArrayList<NewErasureRequest>();
        for (int from = 0; from < known.size(); from += PEOPLE_AT_ONCE) {
            requests.add(request(selection.getRegulation().getValue())
                    .subjects(List.copyOf(known.subList(from, Math.min(known.size(), from + PEOPLE_AT_ONCE))))
                    .datasetIds(datasets(selection)));
        }
        return requests;
    }

    private static List<java.util.UUID> datasets(ListedSelection selection) {
        return Objects.requireNonNullElse(selection.getDatasetIds(), List.of());
    }

    private NewErasureRequest request(String regulation) {
        return new NewErasureRequest(
                NewErasureRequest.RegulationEnum.fromValue(regulation),
                clock.instant().atOffset(ZoneOffset.UTC));
    }
}
