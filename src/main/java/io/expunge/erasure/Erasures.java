package io.expunge.erasure;

import io.expunge.api.ErasureRequest;
import io.expunge.api.ErasureTarget;
import io.expunge.api.NewErasureRequest;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditEvent;
import io.expunge.audit.AuditLog;
import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.Pseudonyms;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.Resolution;
import io.expunge.catalog.SubjectIndex;
import io.expunge.catalog.VersionImported;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Requests to forget, from receipt to completion. */
@Service
public class Erasures {

    /** After every deadline; a parameter that may be null has no type that PostgreSQL can tell. */
    private static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

    private final RequestRepository requests;
    private final TargetRepository targets;
    private final Intake intake;
    private final Pseudonyms pseudonyms;
    private final PayloadTable payloads;
    private final SubjectIndex index;
    private final ClockTable clocks;
    private final Forgotten forgotten;
    private final Notices notices;
    private final AuditLog audit;
    private final Clock clock;

    Erasures(
            RequestRepository requests,
            TargetRepository targets,
            Intake intake,
            Pseudonyms pseudonyms,
            PayloadTable payloads,
            SubjectIndex index,
            ClockTable clocks,
            Forgotten forgotten,
            Notices notices,
            AuditLog audit,
            Clock clock) {
        this.requests = requests;
        this.targets = targets;
        this.intake = intake;
        this.pseudonyms = pseudonyms;
        this.payloads = payloads;
        this.index = index;
        this.clocks = clocks;
        this.forgotten = forgotten;
        this.notices = notices;
        this.audit = audit;
        this.clock = clock;
    }

    /** Files a request; durable when this returns. */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    public ErasureRequest accept(NewErasureRequest declared, @Nullable String idempotencyKey) {
        var actor = Actor.current();
        var scope = intake.scope(actor, declared);
        return file(actor, declared, scope, intake.key(actor, declared, scope, idempotencyKey, false), null);
    }

    /** Files a request that came by another protocol; durable when this returns. */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    public ErasureRequest accept(NewErasureRequest declared, Delivery delivery) {
        var actor = Actor.current();
        var scope = intake.scope(actor, declared);
        // a key of ours may be made of anything, whatever a header may hold
        var key = intake.key(actor, declared, scope, intake.blind(actor, delivery.key()), delivery.untimed());
        return file(actor, declared, scope, key, delivery.reply());
    }

    /** Files a request of the service itself, in the name of {@code actor}; durable when this returns. */
    public UUID file(Actor actor, NewErasureRequest declared, Delivery delivery) {
        var scope = intake.scope(actor, declared);
        var key = intake.key(actor, declared, scope, intake.blind(actor, delivery.key()), delivery.untimed());
        return file(actor, declared, scope, key, delivery.reply()).getId();
    }

    private ErasureRequest file(
            Actor actor,
            NewErasureRequest declared,
            Intake.Scope scope,
            @Nullable IdempotencyKey key,
            @Nullable String reply) {
        var filed = intake.file(actor, declared, scope, key, reply);
        if (filed != null || key == null) {
            return Objects.requireNonNull(filed, "only a key can be there already");
        }
        var earlier = requests.findByControllerIdAndIdempotencyKey(actor.controller(), key.value())
                .orElseThrow();
        key.requireSame(earlier.requestFingerprint());
        return view(earlier);
    }

    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public ErasureRequest find(UUID id) {
        return view(own(id));
    }

    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Page<ErasureRequest> list(
            @Nullable String state, @Nullable Instant dueBefore, @Nullable String cursor, @Nullable Integer asked) {
        int limit = Page.limit(asked);
        var wanted = state == null ? null : RequestState.valueOf(state.toUpperCase(Locale.ROOT));
        var rows = requests.page(
                Actor.current().controller(),
                Page.before(cursor),
                wanted,
                dueBefore == null ? NEVER : dueBefore,
                Limit.of(limit + 1));
        var opened = payloads.open(rows.stream().map(RequestEntity::id).toList());
        return Page.of(rows, limit, RequestEntity::id).map(request -> view(request, opened.get(request.id())));
    }

    /** Open requests of a controller, the most urgent first, with the models that still must forget for them. */
    @Transactional(readOnly = true)
    public List<Deadline> deadlines(UUID controller) {
        return clocks.deadlines(controller);
    }

    /**
     * Passes if the request is the caller's controller's.
     *
     * @throws Problem 404 if it is another's, or nobody's
     */
    @Transactional(readOnly = true)
    public void requireOwn(UUID id) {
        own(id);
    }

    /** Where requests of any controller stand. */
    @Transactional(readOnly = true)
    public List<Standing> standings(Collection<UUID> ids) {
        return requests.findByIdIn(ids).stream().map(this::standing).toList();
    }

    /** Where a request stands, and goes on to until the caller's transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Standing lockStanding(UUID id) {
        return standing(requests.lock(List.of(id)).getFirst());
    }

    private Standing standing(RequestEntity request) {
        // a request that a model has served or a run has taken up cannot be withdrawn, whatever else still waits
        boolean begun = request.state() == RequestState.RESOLVED
                && targets.findByRequestId(request.id()).stream()
                        .anyMatch(target -> target.state() != TargetEntity.State.WAITING);
        return Standing.of(
                request,
                begun,
                request.state() == RequestState.REFUSED
                        ? clocks.find(request.id()).refusalGround()
                        : null);
    }

    /** Models that had or have to forget for a request. */
    @Transactional(readOnly = true)
    public List<UUID> modelsOf(UUID request) {
        return targets.findByRequestId(request).stream()
                .map(TargetEntity::modelId)
                .toList();
    }

    /**
     * That there is no record of anybody whom a request of the caller's names, found when it was resolved and again now.
     *
     * @throws Problem 409 if there is or was one, or it is not resolved yet
     */
    @PreAuthorize("hasRole('PRIVACY_OFFICER')")
    @Transactional(readOnly = true)
    public NotKnown notKnown(UUID id) {
        var request = own(id);
        var ended = request.endedAt();
        if ((request.state() != RequestState.NO_MATCH && request.state() != RequestState.COMPLETED)
                || ended == null
                || !targets.findByRequestId(id).isEmpty()) {
            throw Problem.conflict("a-model-knew", "request " + id + " is open, or a model had to forget for it");
        }
        var found = index.resolve(request.controllerId(), request.subjects(), request.records(), request.datasets());
        if (!found.records().isEmpty()) {
            // no model has to forget them, but one may have learned them once
            throw Problem.conflict("records-found", "data sets hold records of whom request " + id + " names");
        }
        return new NotKnown(
                claims(List.of(id)).getFirst(),
                request.people(),
                ended,
                index.extent(request.controllerId(), request.datasets()));
    }

    /** What a request's answers need, as it was given when it was filed; empty once it is shredded. */
    @Transactional(readOnly = true)
    public Optional<String> reply(UUID id) {
        return payloads.open(id).map(Payload::reply);
    }

    /**
     * Takes what a repetition of a request brought for its answers, in the place of what came before, in the caller's
     * transaction.
     *
     * @return false if it is what there is already, or the request is shredded
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean renewReply(UUID id, String reply) {
        return !reply(id).equals(Optional.of(reply)) && payloads.renew(id, reply);
    }

    /** What requests of any controller claim, in their order, for a statement on them. */
    @Transactional(readOnly = true)
    public List<Claim> claims(Collection<UUID> ids) {
        return requests.findByIdIn(ids).stream()
                .map(request -> new Claim(
                        request.id(),
                        request.regulation().name().toLowerCase(Locale.ROOT),
                        request.submittedAt(),
                        request.dueAt()))
                .sorted(Comparator.comparing(Claim::id))
                .toList();
    }

    /** Withdraws a request that no run has taken up. */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    @Transactional
    public ErasureRequest cancel(UUID id) {
        var actor = Actor.current();
        // locked before it is read: what was read earlier may have been resolved meanwhile
        var request = requests.lock(List.of(id)).stream()
                .filter(found -> found.controllerId().equals(actor.controller()))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("erasure request", id));
        if (targets.findByRequestId(id).stream()
                .anyMatch(target -> target.state() == TargetEntity.State.IN_RUN
                        || target.state() == TargetEntity.State.FORGOTTEN)) {
            throw Problem.conflict("request-in-progress", "a run has taken up request " + id + " already");
        }
        move(actor, request, RequestState.CANCELLED, Map.of());
        return view(request);
    }

    /**
     * Finds out whom received requests concern; several processes may do it side by side.
     *
     * @return how many were resolved
     */
    @Transactional
    public int resolvePending(int limit) {
        return resolve(requests.received(limit));
    }

    /** Finds out now whom a request concerns, unless that is known already, in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Standing resolveNow(UUID id) {
        var request = requests.lock(List.of(id)).getFirst();
        if (request.state() == RequestState.RECEIVED) {
            resolve(List.of(request));
        }
        return standing(request);
    }

    private int resolve(List<RequestEntity> pending) {
        var known = known(pending);
        var events = new ArrayList<AuditEvent>();
        for (var request : pending) {
            var resolution = request.records().isEmpty() && Collections.disjoint(request.subjects(), known)
                    ? Resolution.NOTHING
                    : index.resolve(request.controllerId(), request.subjects(), request.records(), request.datasets());
            request.matched(resolution.records().size());
            for (var model : resolution.models()) {
                targets.save(new TargetEntity(
                        Ids.next(), request, model.modelId(), model.records(), model.versions(), clock.instant()));
            }
            events.add(change(
                    Actor.system(request.controllerId()),
                    request,
                    resolution.records().isEmpty()
                            ? RequestState.NO_MATCH
                            : resolution.models().isEmpty() ? RequestState.COMPLETED : RequestState.RESOLVED,
                    Map.of(
                            "records",
                            resolution.records().size(),
                            "models",
                            resolution.models().size())));
        }
        audit.appendAll(events);
        return pending.size();
    }

    /** Most requests of a large controller name people of whom nothing is known; one query tells for all of them. */
    private Set<Pseudonym> known(List<RequestEntity> pending) {
        var known = new HashSet<Pseudonym>();
        pending.stream()
                .collect(Collectors.groupingBy(
                        RequestEntity::controllerId,
                        Collectors.flatMapping(request -> request.subjects().stream(), Collectors.toSet())))
                .forEach((controller, people) -> known.addAll(index.known(controller, people)));
        return known;
    }

    /** Models that must forget something for a request that waits. */
    @Transactional(readOnly = true)
    public List<UUID> modelsWaiting() {
        return targets.modelsWaiting();
    }

    /** Models that must still forget for a request and that no run has taken up. */
    @Transactional(readOnly = true)
    public List<UUID> modelsWaiting(UUID request) {
        return targets.findByRequestId(request).stream()
                .filter(target -> target.state() == TargetEntity.State.WAITING)
                .map(TargetEntity::modelId)
                .toList();
    }

    /** How many requests wait for a model and may be carried out. */
    @Transactional(readOnly = true)
    public int waitingFor(UUID modelId) {
        var ids = targets.findByModelIdAndState(modelId, TargetEntity.State.WAITING).stream()
                .map(TargetEntity::requestId)
                .collect(Collectors.toSet());
        var held = clocks.held(ids);
        return Math.toIntExact(requests.findByIdIn(ids).stream()
                .filter(request -> !request.state().dropped() && !held.contains(request.id()))
                .count());
    }

    /** Those of these requests that are still to be served. */
    @Transactional(readOnly = true)
    public List<UUID> openAmong(Collection<UUID> ids) {
        return requests.findByIdIn(ids).stream()
                .filter(request -> request.state().open())
                .map(RequestEntity::id)
                .toList();
    }

    /**
     * Those of these people whom a model knows, as they were given.
     *
     * @param datasetIds only by data of these; by any when empty
     * @param asked requests whose people are left out
     */
    @Transactional(readOnly = true)
    public List<String> known(
            Actor actor, List<String> identifiers, Collection<UUID> datasetIds, Collection<UUID> asked) {
        var names = names(actor, identifiers);
        var all = names.values().stream().flatMap(List::stream).collect(Collectors.toSet());
        var known = new HashSet<>(index.knownToModels(actor.controller(), all, datasetIds));
        requests.findByIdIn(asked).forEach(request -> request.subjects().forEach(known::remove));
        return identifiers.stream()
                .filter(one -> names.getOrDefault(one, List.of()).stream().anyMatch(known::contains))
                .toList();
    }

    /** Every pseudonym of each of these people. */
    private java.util.SequencedMap<String, List<Pseudonym>> names(Actor actor, List<String> identifiers) {
        var names = new java.util.LinkedHashMap<String, List<Pseudonym>>();
        for (var one : identifiers) {
            names.put(one, pseudonyms.named(actor.controller(), List.of(one)).names());
        }
        return names;
    }

    /** Those of these people of whom no data set has a record, as they were given. */
    private List<String> unknown(Actor actor, List<String> identifiers) {
        var names = names(actor, identifiers);
        var known = new HashSet<>(index.known(
                actor.controller(),
                names.values().stream().flatMap(List::stream).collect(Collectors.toSet())));
        return names.entrySet().stream()
                .filter(one -> one.getValue().stream().noneMatch(known::contains))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * What would come of a request.
     *
     * @param dueAt first instant that would be too late
     * @param people whom it names
     * @param records that are about them, or that it names
     * @param unknown those of the people of whom no data set has a record, as they were given
     * @param models that would have to forget, each with how many records it learned from
     */
    public record Prospect(Instant dueAt, int people, int records, List<String> unknown, List<Concerned> models) {}

    /** A model that would have to forget. */
    public record Concerned(UUID modelId, int records, int versions) {}

    /**
     * What would come of a request of the caller's; nothing is filed.
     *
     * @throws Problem as when it is filed
     */
    @PreAuthorize("hasAnyRole('INTAKE', 'PRIVACY_OFFICER')")
    @Transactional(readOnly = true)
    public Prospect prospect(NewErasureRequest declared) {
        var actor = Actor.current();
        var due = intake.due(actor, declared);
        var scope = intake.scope(actor, declared);
        var found = index.resolve(actor.controller(), scope.named().names(), scope.records(), scope.datasets());
        return new Prospect(
                due,
                scope.people().size(),
                found.records().size(),
                unknown(actor, java.util.Objects.requireNonNullElse(declared.getSubjects(), List.of())),
                found.models().stream()
                        .map(model -> new Concerned(
                                model.modelId(),
                                model.records().size(),
                                model.versions().size()))
                        .toList());
    }

    /** Whom a request of this scope would concern; nothing is filed. */
    @Transactional(readOnly = true)
    public Resolution preview(Actor actor, NewErasureRequest declared) {
        var scope = intake.scope(actor, declared);
        return index.resolve(actor.controller(), scope.named().names(), scope.records(), scope.datasets());
    }

    @Transactional(readOnly = true)
    public List<WaitingTarget> waiting(UUID modelId) {
        var waiting = targets.findByModelIdAndState(modelId, TargetEntity.State.WAITING);
        var since = waiting.stream().collect(Collectors.toMap(TargetEntity::requestId, TargetEntity::waitingSince));
        var held = clocks.held(since.keySet());
        return requests.lock(since.keySet()).stream()
                .filter(request -> !request.state().dropped() && !held.contains(request.id()))
                .map(request -> new WaitingTarget(
                        request.id(),
                        request.controllerId(),
                        request.dueAt(),
                        since.getOrDefault(request.id(), request.receivedAt())))
                .toList();
    }

    /**
     * Hands waiting requests to a run, in the caller's transaction. What they name is looked up anew, because the
     * champion may have changed since.
     *
     * @param requestIds those to take; all that wait when empty
     * @throws Problem if one of them does not wait for this model, or none does
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Taken take(UUID modelId, Collection<UUID> requestIds, UUID runId) {
        var waiting = new ArrayList<>(targets.findByModelIdAndState(modelId, TargetEntity.State.WAITING));
        if (!requestIds.isEmpty()) {
            // a person who names a request decides on one that needs a person, too
            targets.findByModelIdAndState(modelId, TargetEntity.State.ATTENTION).stream()
                    .filter(target -> requestIds.contains(target.requestId()))
                    .forEach(waiting::add);
        }
        var wanted = requestIds.isEmpty()
                ? waiting.stream().map(TargetEntity::requestId).collect(Collectors.toSet())
                : new HashSet<>(requestIds);
        var held = clocks.held(wanted);
        var locked = requests.lock(wanted).stream()
                .filter(request -> !request.state().dropped() && !held.contains(request.id()))
                .toList();
        var chosen = waiting.stream()
                .filter(target ->
                        locked.stream().anyMatch(request -> request.id().equals(target.requestId())))
                .toList();
        if (chosen.isEmpty() || (!requestIds.isEmpty() && chosen.size() < wanted.size())) {
            throw Problem.refused("nothing-to-forget", "requestIds", "must name requests that wait for this model");
        }
        var forget = new LinkedHashSet<RecordRef>();
        for (var request : locked) {
            var found = affected(request, modelId);
            forget.addAll(found);
            for (var target : chosen) {
                if (target.requestId().equals(request.id())) {
                    target.take(runId, found);
                    targets.save(target);
                }
            }
            settle(Actor.system(request.controllerId()), request, Map.of("run", runId.toString()));
        }
        return new Taken(
                List.copyOf(forget),
                locked.stream()
                        .map(RequestEntity::dueAt)
                        .min(Instant::compareTo)
                        .orElseThrow(),
                locked.stream().map(RequestEntity::id).toList(),
                locked.stream().map(RequestEntity::submitter).collect(Collectors.toSet()));
    }

    /**
     * Looks up anew what the requests of a run name, in the caller's transaction.
     *
     * @return the records that the model's champion knows and must forget
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<RecordRef> resolveAgain(UUID runId) {
        var inRun = targets.findByRunId(runId);
        var forget = new LinkedHashSet<RecordRef>();
        for (var request :
                requests.lock(inRun.stream().map(TargetEntity::requestId).toList())) {
            for (var target : inRun) {
                if (target.requestId().equals(request.id())) {
                    var found = affected(request, target.modelId());
                    forget.addAll(found);
                    target.take(runId, found);
                    targets.save(target);
                }
            }
        }
        return List.copyOf(forget);
    }

    /**
     * What requests mean for a model.
     *
     * @param records that its champion knows of whom they name
     * @param earliestDue the first of their deadlines
     */
    public record Meant(Set<RecordRef> records, Instant earliestDue) {}

    /**
     * What requests mean for a model now; none of them is taken up.
     *
     * @throws Problem naming the place in the list of one that is unknown, was dropped, or of whom the model knows nothing
     */
    @Transactional(readOnly = true)
    public Meant meant(UUID controller, UUID modelId, List<UUID> requestIds) {
        var records = new LinkedHashSet<RecordRef>();
        var due = Instant.MAX;
        for (int i = 0; i < requestIds.size(); i++) {
            var field = "requestIds[" + i + "]";
            var request = requests.findByIdAndControllerId(requestIds.get(i), controller)
                    .orElseThrow(() -> Problem.refused("request-not-found", field, "names no erasure request"));
            var found = request.state().dropped() ? List.<RecordRef>of() : affected(request, modelId);
            if (found.isEmpty()) {
                throw Problem.refused(
                        "request-means-nothing", field, "names a request of whom the model's champion knows no record");
            }
            records.addAll(found);
            due = request.dueAt().isBefore(due) ? request.dueAt() : due;
        }
        return new Meant(records, due);
    }

    /** What the model's champion knows of whom the request names. */
    private List<RecordRef> affected(RequestEntity request, UUID modelId) {
        return index
                .resolve(request.controllerId(), request.subjects(), request.records(), request.datasets())
                .models()
                .stream()
                .filter(model -> model.modelId().equals(modelId))
                .map(Resolution.AffectedModel::records)
                .findFirst()
                .orElse(List.of());
    }

    /** The run ended without a result; its requests wait again. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void release(UUID runId) {
        each(runId, target -> target.await(clock.instant()));
    }

    /** The run cannot do it; a person must decide. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void needsPerson(UUID runId) {
        each(runId, TargetEntity::needPerson);
    }

    /** The run's result was published: its requests are served as far as this model goes. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void forgotten(UUID runId) {
        each(runId, TargetEntity::forgotten);
    }

    /**
     * A version came from elsewhere: completed requests whose people it knows are open again, for its model must forget
     * them, too.
     */
    @EventListener
    void imported(VersionImported event) {
        for (var id : forgotten.learned(event.controllerId(), event.versionId())) {
            var request = requests.lock(List.of(id)).getFirst();
            if (request.state() != RequestState.COMPLETED) {
                continue; // its resolution comes, or others of its models are at work
            }
            targets.save(new TargetEntity(
                    Ids.next(),
                    request,
                    event.modelId(),
                    affected(request, event.modelId()),
                    List.of(event.versionId()),
                    clock.instant()));
            move(
                    Actor.system(request.controllerId()),
                    request,
                    RequestState.RESOLVED,
                    Map.of("imported", event.versionId().toString()));
        }
    }

    /**
     * The model is no more: whoever had to be forgotten by it is.
     *
     * @return the requests that this serves
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<UUID> destroyed(UUID modelId) {
        var open = targets.findByModelIdAndStateNot(modelId, TargetEntity.State.FORGOTTEN);
        open.forEach(target -> {
            target.forgotten();
            targets.save(target);
        });
        settleAll(open, Map.of("destroyed", modelId.toString()));
        var ids = open.stream().map(TargetEntity::requestId).distinct().toList();
        return requests.findByIdIn(ids).stream()
                .filter(request -> !request.state().dropped())
                .map(RequestEntity::id)
                .sorted()
                .toList();
    }

    private void each(UUID runId, java.util.function.Consumer<TargetEntity> change) {
        var affected = targets.findByRunId(runId).stream()
                .filter(target ->
                        target.state() == TargetEntity.State.IN_RUN || target.state() == TargetEntity.State.ATTENTION)
                .toList();
        affected.forEach(target -> {
            change.accept(target);
            targets.save(target);
        });
        settleAll(affected, Map.of("run", runId.toString()));
    }

    private void settleAll(List<TargetEntity> affected, Map<String, ?> details) {
        var ids = affected.stream().map(TargetEntity::requestId).collect(Collectors.toSet());
        // whoever withdrew or was refused is served no more, though a model may have had to forget for them
        requests.lock(ids).stream()
                .filter(request -> !request.state().dropped())
                .forEach(request -> settle(Actor.system(request.controllerId()), request, details));
    }

    /** A request's state follows from its targets. */
    private void settle(Actor actor, RequestEntity request, Map<String, ?> details) {
        var all = targets.findByRequestId(request.id());
        var states = all.stream().map(TargetEntity::state).collect(Collectors.toSet());
        var next = states.contains(TargetEntity.State.ATTENTION)
                ? RequestState.ATTENTION
                : states.contains(TargetEntity.State.IN_RUN)
                        ? RequestState.IN_PROGRESS
                        : states.contains(TargetEntity.State.WAITING) ? RequestState.RESOLVED : RequestState.COMPLETED;
        if (next != request.state()) {
            move(actor, request, next, details);
            if (next == RequestState.COMPLETED) {
                notices.completed(
                        request, all.stream().map(TargetEntity::modelId).collect(Collectors.toSet()));
            }
        }
    }

    private void move(Actor actor, RequestEntity request, RequestState next, Map<String, ?> details) {
        audit.appendAll(List.of(change(actor, request, next, details)));
    }

    private AuditEvent change(Actor actor, RequestEntity request, RequestState next, Map<String, ?> details) {
        var before = request.become(next, clock.instant());
        requests.save(request);
        var all = new java.util.HashMap<String, Object>(details);
        all.put("from", before.name());
        all.put("to", next.name());
        return new AuditEvent(
                actor, "erasure." + next.name().toLowerCase(Locale.ROOT), "erasure-request", request.id(), all);
    }

    private RequestEntity own(UUID id) {
        return requests.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("erasure request", id));
    }

    private ErasureRequest view(RequestEntity request) {
        return view(request, payloads.open(request.id()).orElse(null));
    }

    private ErasureRequest view(RequestEntity request, @Nullable Payload payload) {
        var found = new ArrayList<ErasureTarget>();
        if (request.state() != RequestState.RECEIVED) {
            for (var target : targets.findByRequestId(request.id())) {
                found.add(new ErasureTarget(
                                target.modelId(),
                                (long) target.records().size(),
                                ErasureTarget.StateEnum.fromValue(
                                        target.state().name().toLowerCase(Locale.ROOT)),
                                target.versions())
                        .runId(target.runId()));
            }
        }
        return new ErasureRequest(
                        request.id(),
                        io.expunge.api.ErasureState.fromValue(
                                request.state().name().toLowerCase(Locale.ROOT)),
                        ErasureRequest.RegulationEnum.fromValue(
                                request.regulation().name().toLowerCase(Locale.ROOT)),
                        at(request.submittedAt()),
                        at(request.receivedAt()),
                        at(request.dueAt()),
                        request.people(),
                        found)
                .externalId(payload == null ? null : payload.externalId())
                .shreddedAt(request.shreddedAt() == null ? null : at(request.shreddedAt()))
                .records(request.matched())
                .completedAt(request.completedAt() == null ? null : at(request.completedAt()));
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
