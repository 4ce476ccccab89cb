package io.expunge.schedule;

import io.expunge.api.ExpiredSelection;
import io.expunge.api.ListedSelection;
import io.expunge.api.NewErasureRequest;
import io.expunge.api.RecordSelection;
import io.expunge.audit.Actor;
import io.expunge.catalog.RecordDates;
import io.expunge.catalog.RecordRef;
import io.expunge.erasure.Erasures;
import io.expunge.erasure.SubjectLists;
import io.expunge.schedule.ScheduleTable.Row;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** What a standing order would file now. */
@Component
class Scope {

    private static final int RECORDS_AT_ONCE = 1_000_000;
    private static final int PEOPLE_AT_ONCE = 10_000;

    private final RecordDates dates;
    private final SubjectLists lists;
    private final Erasures erasures;
    private final Clock clock;

    Scope(RecordDates dates, SubjectLists lists, Erasures erasures, Clock clock) {
        this.dates = dates;
        this.lists = lists;
        this.erasures = erasures;
        this.clock = clock;
    }

    /** Requests for the records whose time is over at {@code now}, without those that were filed before. */
    List<NewErasureRequest> expired(Row row, ExpiredSelection selection, Instant now) {
        var found = dates.until(selection.getDatasetId(), row.filedUntil(), lastDay(row, selection, now));
        var requests = new ArrayList<NewErasureRequest>();
        for (int from = 0; from < found.size(); from += RECORDS_AT_ONCE) {
            var some = found.subList(from, Math.min(found.size(), from + RECORDS_AT_ONCE));
            requests.add(request(NewErasureRequest.RegulationEnum.fromValue(
                            selection.getRegulation().getValue()))
                    .records(List.of(new RecordSelection(
                            selection.getDatasetId(),
                            some.stream().map(RecordRef::ordinal).toList()))));
        }
        return requests;
    }

    /** The last day on which the retention of what has expired began. */
    static LocalDate lastDay(Row row, ExpiredSelection selection, Instant now) {
        var today = LocalDate.ofInstant(
                now,
                Timetable.read(row.order().getCron(), row.order().getTimeZone(), now)
                        .zone());
        // what begins on a day is kept through the last day of its period
        return today.minus(Period.parse(selection.getKeepFor())).minusDays(1);
    }

    /** People on the order's list of whom there is any record. */
    List<String> known(Actor actor, Row row) {
        var known = new ArrayList<String>();
        var all = lists.open(row.id());
        for (int from = 0; from < all.size(); from += PEOPLE_AT_ONCE) {
            known.addAll(erasures.known(actor, all.subList(from, Math.min(all.size(), from + PEOPLE_AT_ONCE))));
        }
        return known;
    }

    /** Requests for people on the order's list whom a model knows. */
    List<NewErasureRequest> listed(Actor actor, ListedSelection selection, List<String> known) {
        var requests = new ArrayList<NewErasureRequest>();
        for (int from = 0; from < known.size(); from += PEOPLE_AT_ONCE) {
            var request = request(NewErasureRequest.RegulationEnum.fromValue(
                            selection.getRegulation().getValue()))
                    .subjects(List.copyOf(known.subList(from, Math.min(known.size(), from + PEOPLE_AT_ONCE))))
                    .datasetIds(Objects.requireNonNullElse(selection.getDatasetIds(), List.of()));
            if (!erasures.preview(actor, request).models().isEmpty()) {
                requests.add(request);
            }
        }
        return requests;
    }

    private NewErasureRequest request(NewErasureRequest.RegulationEnum regulation) {
        return new NewErasureRequest(regulation, clock.instant().atOffset(ZoneOffset.UTC));
    }
}
