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
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes requests in: a row and its audit entry, durable together; everything slower comes later. */
@Component
class Intake {

    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final Duration OLDEST = Duration.ofDays(3_653);
    private static final int MAX_RECORDS = 1_000_000;

    private final Pseudonyms pseudonyms;
    private final PayloadTable payloads;
    private final GroupCommit group;
    private final Clock clock;

    Intake(Pseudonyms pseudonyms, PayloadTable payloads, GroupCommit group, Clock clock) {
        this.pseudonyms = pseudonyms;
        this.payloads = payloads;
        this.group = group;
        this.clock = clock;
    }

    /** A request whose identifiers have become pseudonyms. */
    record Scope(Pseudonyms.Named named, List<RecordRef> records, List<UUID> datasets) {

        /** One pseudonym for each person. */
        List<Pseudonym> people() {
            return named.people();
        }
    }

    /**
     * The caller's key for this request. Neither the key nor what it fingerprints can be guessed from what is stored, since
     * both may hold personal data.
     */
    @Nullable IdempotencyKey key(Actor actor, NewErasureRequest declared, Scope scope, @Nullable String header, boolean untimed) {
        var subjects = Objects.requireNonNullElse(declared.getSubjects(), List.<String>of()).stream()
                .map(subject -> Normalizer.normalize(subject.strip(), Normalizer.Form.NFC))
                .distinct()
                .toList();
        var payload = new ArrayList<Object>(List.of(
                declared.getRegulation(),
                untimed ? "" : declared.getSubmittedAt().toInstant(),
                String.valueOf(declared.getExternalId()),
                subjects,
                scope.records(),
                scope.datasets()));
        if (declared.getDueAt() != null) {
            payload.add(declared.getDueAt().toInstant());
        }
        var key = IdempotencyKey.of(header, pseudonyms.blind(actor.controller(), payload.toString()));
        return key == null ? null : key.as(pseudonyms.blind(actor.controller(), key.value()));
    }

    /** A text as nobody can guess it back. */
    String blind(Actor actor, String text) {
        return pseudonyms.blind(actor.controller(), text);
    }

    Scope scope(Actor actor, NewErasureRequest declared) {
        var identifiers = Objects.requireNonNullElse(declared.getSubjects(), List.<String>of());
        for (int i = 0; i < identifiers.size(); i++) {
            if (identifiers.get(i).isBlank()) {
                throw Problem.invalid("subjects[" + i + "]", "must not be blank");
            }
        }
        var records = new ArrayList<RecordRef>();
        for (var selection :
                Objects.requireNonNullElse(declared.getRecords(), List.<io.expunge.api.RecordSelection>of())) {
            selection.getOrdinals().forEach(ordinal -> records.add(new RecordRef(selection.getDatasetId(), ordinal)));
        }
        if (identifiers.isEmpty() && records.isEmpty()) {
            throw Problem.invalid("subjects", "or records must name at least one");
        }
        if (records.size() > MAX_RECORDS) {
            throw Problem.invalid("records", "must name at most " + MAX_RECORDS + " records together");
        }
        var datasets = Objects.requireNonNullElse(declared.getDatasetIds(), List.<UUID>of());
        return new Scope(
                pseudonyms.named(actor.controller(), identifiers),
                List.copyOf(new java.util.LinkedHashSet<>(records)),
                List.copyOf(new HashSet<>(datasets)));
    }

    /** The law's time, or an earlier one that the caller has promised; a later one changes nothing. */
    private static Instant due(Instant legal, Instant submitted, @Nullable OffsetDateTime promised) {
        if (promised == null) {
            return legal;
        }
        var own = promised.toInstant().truncatedTo(ChronoUnit.MICROS);
        if (!own.isAfter(submitted)) {
            throw Problem.invalid("dueAt", "must be after submittedAt");
        }
        return own.isBefore(legal) ? own : legal;
    }

    private static Regulation regulation(NewErasureRequest declared) {
        return Regulation.valueOf(declared.getRegulation().getValue().toUpperCase(Locale.ROOT));
    }

    /** When it is too late for a request. */
    Instant due(Actor actor, NewErasureRequest declared) {
        var now = clock.instant();
        var submitted = declared.getSubmittedAt().toInstant().truncatedTo(ChronoUnit.MICROS);
        if (submitted.isAfter(now.plus(CLOCK_SKEW))) {
            throw Problem.invalid("submittedAt", "must not be in the future");
        }
        if (submitted.isBefore(now.minus(OLDEST))) {
            throw Problem.invalid("submittedAt", "must not be more than ten years ago");
        }
        return due(regulation(declared).due(submitted, actor.zone()), submitted, declared.getDueAt());
    }

    /**
     * Files a request; durable when this returns.
     *
     * @param reply see {@link Payload#reply()}
     * @return the request as it was filed; null if the same key was there first
     */
    @Nullable ErasureRequest file(
            Actor actor,
            NewErasureRequest declared,
            Scope scope,
            @Nullable IdempotencyKey key,
            @Nullable String reply) {
        // the database keeps microseconds; what is answered now must be what is read back later
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var submitted = declared.getSubmittedAt().toInstant().truncatedTo(ChronoUnit.MICROS);
        var regulation = regulation(declared);
        var due = due(actor, declared);
        var id = Ids.next();
        var payload = payloads.seal(
                id,
                new Payload(
                        Objects.requireNonNullElse(declared.getSubjects(), List.<String>of()),
                        declared.getExternalId(),
                        reply));
        var filing = new Filing(
                id,
                actor,
                regulation,
                submitted,
                now,
                due,
                regulation.acknowledgement(submitted, actor.zone()),
                scope,
                key,
                payload);
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
