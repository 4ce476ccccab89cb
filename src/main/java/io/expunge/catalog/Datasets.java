package io.expunge.catalog;

import io.expunge.api.Column;
import io.expunge.api.CsvFormat;
import io.expunge.api.Dataset;
import io.expunge.api.DatasetFormat;
import io.expunge.api.NewDataset;
import io.expunge.api.TextFormat;
import io.expunge.audit.Actor;
import io.expunge.audit.AuditLog;
import io.expunge.shared.FieldProblem;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Ids;
import io.expunge.shared.Page;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Training data and the people in it. */
@Service
public class Datasets {

    private static final int MAX_COLUMNS = 2_000;

    private final DatasetRepository datasets;
    private final Artifacts artifacts;
    private final CatalogSettings settings;
    private final Pseudonyms pseudonyms;
    private final SubjectLoader subjects;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Datasets(
            DatasetRepository datasets,
            Artifacts artifacts,
            CatalogSettings settings,
            Pseudonyms pseudonyms,
            SubjectLoader subjects,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.datasets = datasets;
        this.artifacts = artifacts;
        this.settings = settings;
        this.pseudonyms = pseudonyms;
        this.subjects = subjects;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Declares a data set; the same key with the same declaration answers the same one again. */
    @PreAuthorize("hasRole('ENGINEER')")
    @Transactional
    public Dataset create(NewDataset declared, @Nullable IdempotencyKey key) {
        var actor = Actor.current();
        if (key != null) {
            var earlier = datasets.findByControllerIdAndIdempotencyKey(actor.controller(), key.value());
            if (earlier.isPresent()) {
                key.requireSame(earlier.get().requestFingerprint());
                return view(earlier.get());
            }
        }
        check(declared.getFormat());
        var dataset = datasets.save(new DatasetEntity(
                Ids.next(), actor.controller(), declared.getName(), declared.getFormat(), key, clock.instant()));
        audit.append(actor, "dataset.declared", "dataset", dataset.id(), Map.of());
        return view(dataset);
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Dataset find(UUID id) {
        return view(own(id));
    }

    @PreAuthorize("hasAnyRole('ENGINEER', 'PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Page<Dataset> list(@Nullable String cursor, @Nullable Integer asked) {
        int limit = Page.limit(asked);
        var rows = datasets.page(Actor.current().controller(), Page.before(cursor), Limit.of(limit + 1));
        return Page.of(rows, limit, DatasetEntity::id).map(Datasets::view);
    }

    /**
     * Reads one part to its end. A part that is refused, or whose sender goes away, leaves the data set as it was.
     *
     * @throws Problem naming the line or entry that is at fault
     */
    @PreAuthorize("hasRole('ENGINEER')")
    public Dataset upload(UUID id, String part, InputStream body) {
        var actor = Actor.current();
        var dataset = own(id);
        var awaited = PartReader.partsOf(dataset.format());
        if (!awaited.contains(part)) {
            throw Problem.invalid("part", "must be one of " + String.join(", ", awaited) + " for this format");
        }
        requireAwaited(dataset, part);
        var staging = artifacts.staging();
        try {
            var reader = new PartReader(settings, staging, pseudonyms.forController(actor.controller()));
            var read = reader.read(dataset.format(), part, body);
            return transaction.execute(ignored -> keep(actor, id, part, read, staging));
        } finally {
            Artifacts.delete(staging);
        }
    }

    private Dataset keep(Actor actor, UUID id, String name, Parts.Part part, Path staging) {
        var dataset = datasets.lock(id).orElseThrow();
        requireAwaited(dataset, name);
        var parts = dataset.parts().with(name, part);
        var complete = parts.read().keySet().containsAll(PartReader.partsOf(dataset.format()));
        try {
            collect(parts, id, staging);
            if (!complete) {
                Artifacts.settle(staging, directory(id, name));
            } else {
                complete(actor, dataset, name, parts, staging);
            }
        } catch (IOException e) {
            throw Artifacts.explain(e);
        }
        dataset.keep(parts);
        return view(datasets.save(dataset));
    }

    private void complete(Actor actor, DatasetEntity dataset, String last, Parts parts, Path staging)
            throws IOException {
        var content = DatasetAssembly.assemble(staging, parts, last);
        var people = staging.resolve(PartReader.SUBJECTS);
        long count = Files.exists(people) ? subjects.load(dataset.controllerId(), dataset.id(), people) : 0;
        var whole = new Content(
                content.records(), count, content.classes(), content.shape(), content.columns(), content.kind());
        var digest = address(staging);
        dataset.complete(whole, digest);
        var target = artifacts.datasets().resolve(dataset.id().toString());
        Artifacts.delete(target);
        Artifacts.settle(staging, target);
        audit.append(
                actor,
                "dataset.ready",
                "dataset",
                dataset.id(),
                Map.of(
                        "records",
                        whole.records(),
                        "subjects",
                        count,
                        "digest",
                        HexFormat.of().formatHex(digest)));
    }

    /** Copies what earlier parts left into the staging directory of the last one. */
    private void collect(Parts parts, UUID id, Path staging) throws IOException {
        for (var name : parts.read().keySet()) {
            var earlier = directory(id, name);
            if (Files.isDirectory(earlier)
                    && parts.read().size()
                            == PartReader.partsOf(own(id).format()).size()) {
                try (var files = Files.list(earlier)) {
                    for (var file : files.toList()) {
                        var to = staging.resolve(file.getFileName());
                        if (!Files.exists(to)) {
                            Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
                        }
                    }
                }
            }
        }
    }

    private Path directory(UUID id, String part) {
        return artifacts.datasets().resolve(id + "." + part);
    }

    private static byte[] address(Path directory) throws IOException {
        var address = Artifacts.sha256();
        try (var files = Files.list(directory)) {
            for (var file : files.sorted().toList()) {
                address.update(Artifacts.digest(file));
            }
        }
        return address.digest();
    }

    private static void requireAwaited(DatasetEntity dataset, String part) {
        if (dataset.ready() || dataset.parts().read().containsKey(part)) {
            throw Problem.conflict("part-already-read", "part " + part + " has been read already; parts never change");
        }
    }

    private DatasetEntity own(UUID id) {
        return datasets.findByIdAndControllerId(id, Actor.current().controller())
                .orElseThrow(() -> Problem.notFound("dataset", id));
    }

    private static void check(DatasetFormat format) {
        if (format instanceof TextFormat text && text.getSubject() != null && TextReader.isContent(text.getSubject())) {
            throw Problem.invalid("format.subject", "must be a field of its own, not one that holds the text");
        }
        if (format instanceof TextFormat text && text.getDate() != null && TextReader.isContent(text.getDate())) {
            throw Problem.invalid("format.date", "must be a field of its own, not one that holds the text");
        }
        if (!(format instanceof CsvFormat csv)) {
            return;
        }
        var faults = new ArrayList<FieldProblem>();
        var columns = csv.getColumns();
        if (columns.size() > MAX_COLUMNS) {
            faults.add(new FieldProblem("format.columns", "must be at most " + MAX_COLUMNS));
        }
        if (count(columns, Column.KindEnum.LABEL) != 1) {
            faults.add(new FieldProblem("format.columns", "must have exactly one of kind label"));
        }
        if (count(columns, Column.KindEnum.SUBJECT) > 1) {
            faults.add(new FieldProblem("format.columns", "must have at most one of kind subject"));
        }
        if (count(columns, Column.KindEnum.DATE) > 1) {
            faults.add(new FieldProblem("format.columns", "must have at most one of kind date"));
        }
        if (count(columns, Column.KindEnum.NUMERIC) + count(columns, Column.KindEnum.CATEGORICAL) == 0) {
            faults.add(new FieldProblem("format.columns", "must have at least one that is numeric or categorical"));
        }
        var names = new HashSet<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).getName().isBlank() || !names.add(columns.get(i).getName())) {
                faults.add(
                        new FieldProblem("format.columns[" + i + "].name", "must be given and differ from the others"));
            }
        }
        if ("\"\r\n".contains(csv.getDelimiter())) {
            faults.add(new FieldProblem("format.delimiter", "must not be a quote or a line break"));
        }
        if (!faults.isEmpty()) {
            var first = faults.getFirst();
            throw new Problem(Problem.Kind.INVALID, "invalid-field", first.field() + " " + first.reason(), faults);
        }
    }

    private static long count(List<Column> columns, Column.KindEnum kind) {
        return columns.stream().filter(column -> column.getKind() == kind).count();
    }

    private static Dataset view(DatasetEntity dataset) {
        var parts = dataset.parts();
        var view = new Dataset(
                dataset.id(),
                dataset.name(),
                dataset.format(),
                dataset.ready() ? Dataset.StateEnum.READY : Dataset.StateEnum.AWAITING,
                PartReader.partsOf(dataset.format()).stream()
                        .filter(part -> !parts.read().containsKey(part))
                        .toList(),
                dataset.createdAt().atOffset(ZoneOffset.UTC));
        var content = dataset.content();
        if (content != null) {
            view.records((long) content.records())
                    .subjects(content.subjects())
                    .classes(content.classes())
                    .shape(content.shape())
                    .kind(content.kind());
        }
        var digest = dataset.digest();
        return digest == null ? view : view.digest(HexFormat.of().formatHex(digest));
    }
}
