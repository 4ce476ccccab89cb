package io.expunge.erasure;

import io.expunge.api.ErasureRequest;
import io.expunge.api.ErasureState;
import io.expunge.api.NewErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.Pseudonyms;
import io.expunge.catalog.RecordRef;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes requests in: a row and its audit entry, durable together; everything slower comes later. */
@Component
class Intake {

    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final Duration OLDEST = Duration.ofDays(3_653);
    private static final int MAX_RECORDS = 1_000_000;

    private final Pseudonyms pseudonyms;
    private final GroupCommit group;
    private final Clock clock;

    Intake(Pseudonyms pseudonyms, GroupCommit group, Clock clock) {
        this.pseudonyms = pseudonyms;
        this.group = group;
        this.clock = clock;
    }

    /** A request whose identifiers have become pseudonyms. */
    record Scope(List<Pseudonym> people, List<RecordRef> records, List<UUID> datasets) {

        /** Equal for equal requests; a hash of this tells nothing to who lacks the pseudonyms' key. */
        String fingerprint() {
            return people.stream().map(Pseudonym::hex).collect(Collectors.joining(",")) + records + datasets;
        }
    }

    Scope scope(Actor actor, NewErasureRequest declared) {
        var people = new ArrayList<Pseudonym>();
        var identifiers = Objects.requireNonNullElse(declared.getSubjects(), List.<String>of());
        for (int i = 0; i < identifiers.size(); i++) {
            if (identifiers.get(i).isBlank()) {
                throw Problem.invalid("subjects[" + i + "]", "must not be blank");
            }
            people.add(pseudonyms.of(actor.controller(), identifiers.get(i)));
        }
        var records = new ArrayList<RecordRef>();
        for (var selection :
                Objects.requireNonNullElse(declared.getRecords(), List.<io.expunge.api.RecordSelection>of())) {
            selection.getOrdinals().forEach(ordinal -> records.add(new RecordRef(selection.getDatasetId(), ordinal)));
        }
        if (people.isEmpty() && records.isEmpty()) {
            throw Problem.invalid("subjects", "or records must name at least one");
        }
        if (records.size() > MAX_RECORDS) {
            throw Problem.invalid("records", "must name at most " + MAX_RECORDS + " records together");
        }
        var datasets = Objects.requireNonNullElse(declared.getDatasetIds(), List.<UUID>of());
        return new Scope(
                List.copyOf(new java.util.LinkedHashSet<>(people)),
                List.copyOf(new java.util.LinkedHashSet<>(records)),
                List.copyOf(new HashSet<>(datasets)));
    }

    /**
     * Files a request; durable when this returns.
     *
     * @return the request as it was filed; null if the same key was there first
     */
    @Nullable ErasureRequest file(Actor actor, NewErasureRequest declared, Scope scope, @Nullable IdempotencyKey key) {
        // the database keeps microseconds; what is answered now must be what is read back later
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var submitted = declared.getSubmittedAt().toInstant().truncatedTo(ChronoUnit.MICROS);
        if (submitted.isAfter(now.plus(CLOCK_SKEW))) {
            throw Problem.invalid("submittedAt", "must not be in the future");
        }
        if (submitted.isBefore(now.minus(OLDEST))) {
            throw Problem.invalid("submittedAt", "must not be more than ten years ago");
        }
        var regulation = Regulation.valueOf(declared.getRegulation().getValue().toUpperCase(Locale.ROOT));
        var due = regulation.due(submitted, actor.zone());
        var id = Ids.next();
        var filing = new Filing(id, actor, regulation, declared.getExternalId(), submitted, now, due, scope, key);
        if (!group.store(filing)) {
            return null;
        }
        return new ErasureRequest(
                        id,
                        ErasureState.RECEIVED,
                        ErasureRequest.RegulationEnum.fromValue(
                                declared.getRegulation().getValue()),
                        submitted.atOffset(ZoneOffset.UTC),
                        now.atOffset(ZoneOffset.UTC),
                        due.atOffset(ZoneOffset.UTC),
                        scope.people().size(),
                        List.of())
                .externalId(declared.getExternalId());
    }
}
