package io.expunge.run;

import io.expunge.api.NewEnsembleRun;
import io.expunge.audit.Actor;
import io.expunge.catalog.ModelView;
import io.expunge.catalog.Models;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.TrainingSets;
import io.expunge.engine.Logits;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.erasure.Erasures;
import io.expunge.shared.FieldProblem;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Ensembles: many models of one recipe, trained on parts of what a version learned from, of which what they say is kept. */
@Service
public class Ensembles {

    /** Of a member's file, beside its numbers. */
    private static final int HEADER_BYTES = 256;

    private final Runs runs;
    private final Models models;
    private final TrainingSets sets;
    private final Erasures erasures;
    private final EnsembleTable table;
    private final EnsemblePlans plans;
    private final EnsembleErasure erasure;
    private final MemberStore members;
    private final EnsembleSettings settings;
    private final Clock clock;

    Ensembles(
            Runs runs,
            Models models,
            TrainingSets sets,
            Erasures erasures,
            EnsembleTable table,
            EnsemblePlans plans,
            EnsembleErasure erasure,
            MemberStore members,
            EnsembleSettings settings,
            Clock clock) {
        this.runs = runs;
        this.models = models;
        this.sets = sets;
        this.erasures = erasures;
        this.table = table;
        this.plans = plans;
        this.erasure = erasure;
        this.members = members;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Queues the training of an ensemble on the records of the champion of the caller's model.
     *
     * @return the id of the run, which is the ensemble's, too
     * @throws Problem naming the field, if the model is no classifier or has no champion, the requests mean nothing to it, or
     *     the members would not fit the disk budget
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    @Transactional
    public UUID start(NewEnsembleRun declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        var earlier = runs.earlier(actor, key);
        if (earlier != null) {
            return earlier;
        }
        var model = runs.held(own(declared.getModelId()).id());
        if (!(model.architecture() instanceof NetworkArchitecture network)) {
            throw Problem.refused(
                    "ensembles-are-for-classifiers",
                    "modelId",
                    "names a language model, but ensembles are for classifiers");
        }
        var champion = model.champion();
        if (champion == null) {
            throw Problem.refused("model-not-trained", "modelId", "names a model without a published version");
        }
        var kind = EnsembleKind.valueOf(declared.getKind().getValue().toUpperCase(Locale.ROOT));
        var requests = requests(kind, declared.getRequestIds());
        var meant = requests.isEmpty() ? null : erasures.meant(actor.controller(), model.id(), requests);
        var now = clock.instant();
        var run = RunEntity.ensemble(
                Ids.next(),
                actor.controller(),
                model.id(),
                champion,
                requests,
                meant == null ? null : meant.earliestDue(),
                actor.name(),
                now);
        var order = new EnsembleTable.Row(
                run.id(),
                actor.controller(),
                model.id(),
                champion,
                kind,
                declared.getMembers(),
                declared.getSeed(),
                meant == null
                        ? new int[0]
                        : meant.records().stream()
                                .mapToInt(RecordRef::ordinal)
                                .sorted()
                                .distinct()
                                .toArray(),
                EnsemblePlan.shardSize(network),
                HEADER_BYTES + (long) Float.BYTES * network.classes() * sets.recordsAtMost(champion),
                null,
                now,
                now);
        requireSpace(order);
        table.add(order);
        return runs.enqueue(
                actor,
                run,
                key,
                Map.of(
                        "model",
                        model.id().toString(),
                        "version",
                        champion.toString(),
                        "kind",
                        kind.name(),
                        "members",
                        order.members(),
                        "requests",
                        requests.size()));
    }

    private static List<UUID> requests(EnsembleKind kind, @Nullable List<UUID> named) {
        var ids = named == null ? List.<UUID>of() : named;
        if (kind == EnsembleKind.RETRAINED && ids.isEmpty()) {
            throw Problem.invalid("requestIds", "is required for kind retrained");
        }
        if (kind != EnsembleKind.RETRAINED && !ids.isEmpty()) {
            throw Problem.invalid("requestIds", "is for kind retrained alone");
        }
        return ids.stream().distinct().toList();
    }

    private ModelView own(UUID id) {
        try {
            return models.ownModel(id);
        } catch (Problem e) {
            throw new Problem(
                    e.kind(), e.slug(), "modelId names no model", new FieldProblem("modelId", "names no model"));
        }
    }

    private void requireSpace(EnsembleTable.Row order) {
        long used = table.bytesSpokenFor();
        long wanted = order.memberBytes() * (order.members() - table.existing(order));
        long budget = settings.diskBudget().toBytes();
        if (wanted > 0 && used + wanted > budget) {
            throw Problem.refused(
                    "disk-budget-exceeded",
                    "members",
                    "would take up to " + wanted + " bytes on disk, beside " + used + " that ensembles take or were "
                            + "promised, of the " + budget + " that all of them may");
        }
    }

    /** Refuses to go on with an order that was tried again when others had been promised the space. */
    void requireWithinBudget() {
        long used = table.bytesSpokenFor();
        long budget = settings.diskBudget().toBytes();
        if (used > budget) {
            throw new Problem(
                    Problem.Kind.NO_SPACE,
                    "disk-budget-exceeded",
                    "ensembles take or were promised " + used + " bytes on disk, of the " + budget + " that they may");
        }
    }

    /** The caller's ensemble {@code id}. */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public EnsembleView find(UUID id) {
        return views(List.of(own(id, Actor.current()))).getFirst();
    }

    /**
     * The caller's ensembles, newest first.
     *
     * @param model only of this one; of all when null
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Page<EnsembleView> list(@Nullable String cursor, @Nullable Integer asked, @Nullable UUID model) {
        int limit = Page.limit(asked);
        var rows = table.page(Actor.current().controller(), Page.before(cursor), model, limit + 1);
        var page = Page.of(rows, limit, EnsembleTable.Row::id);
        return new Page<>(views(page.items()), page.next());
    }

    /**
     * Erases the caller's ensemble; members that another one has stay.
     *
     * @throws Problem if its run has not ended
     */
    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER')")
    public void delete(UUID id) {
        var actor = Actor.current();
        erasure.delete(own(id, actor), actor);
    }

    /**
     * The newest ensemble of a version that can be used: its run has succeeded, all its members are there, and none knows
     * anybody whom the model has forgotten since. Of any controller, for background work.
     *
     * @param requestIds for {@link EnsembleKind#RETRAINED}: exactly those whose records no member learned from; else empty
     */
    @Transactional(readOnly = true)
    public Optional<EnsembleView> newest(UUID version, EnsembleKind kind, Collection<UUID> requestIds) {
        var wanted = new HashSet<>(requestIds);
        return views(table.ofVersion(version, kind)).stream()
                .filter(ensemble -> ensemble.state() == RunState.SUCCEEDED
                        && ensemble.present() == ensemble.members()
                        && ensemble.knowingForgotten() == 0
                        && wanted.equals(new HashSet<>(ensemble.requestIds())))
                .findFirst();
    }

    /**
     * The members of an ensemble in the order of their numbers, one in memory at a time. Rows are those of
     * {@link TrainingSets#learned}, which has the records and their labels.
     *
     * @throws Problem if there is no such ensemble
     * @throws java.io.UncheckedIOException from the stream, if a member was erased meanwhile
     * @throws io.expunge.engine.ModelRefused from the stream, if a file was changed
     */
    public Stream<EnsembleMember> members(UUID id) {
        var ensemble = table.find(id).orElseThrow(() -> Problem.notFound("ensemble", id));
        var parts = plans.parts(ensemble);
        return table.members(id).entrySet().stream()
                .map(member -> new EnsembleMember(
                        member.getKey(),
                        parts.rows(member.getKey()),
                        Logits.read(members.file(ensemble.controller(), member.getValue()))));
    }

    /**
     * What the members of an ensemble learned from, in the order of their numbers: as {@link EnsembleMember#rows}, with no file
     * read.
     *
     * @throws Problem if there is no such ensemble
     */
    public Stream<int[]> parts(UUID id) {
        var ensemble = table.find(id).orElseThrow(() -> Problem.notFound("ensemble", id));
        var parts = plans.parts(ensemble);
        return table.members(id).keySet().stream().map(parts::rows);
    }

    private EnsembleTable.Row own(UUID id, Actor actor) {
        return table.find(id)
                .filter(ensemble -> ensemble.controller().equals(actor.controller()))
                .orElseThrow(() -> Problem.notFound("ensemble", id));
    }

    private List<EnsembleView> views(List<EnsembleTable.Row> rows) {
        var counts = table.counts(rows.stream().map(EnsembleTable.Row::id).toList());
        return rows.stream()
                .map(row -> view(row, Objects.requireNonNullElse(counts.get(row.id()), EnsembleTable.Count.NONE)))
                .toList();
    }

    private EnsembleView view(EnsembleTable.Row row, EnsembleTable.Count count) {
        var run = runs.run(row.id());
        return new EnsembleView(
                row.id(),
                row.controller(),
                row.model(),
                row.version(),
                row.kind(),
                row.seed(),
                run.requestIds(),
                row.members(),
                count.present(),
                count.reused(),
                count.knowing(),
                count.present() * row.memberBytes(),
                60 * count.rate(row.shardsSince()),
                run.state(),
                row.createdAt());
    }
}
