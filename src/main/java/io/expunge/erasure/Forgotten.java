package io.expunge.erasure;

import io.expunge.catalog.Pseudonym;
import io.expunge.catalog.RecordRef;
import io.expunge.catalog.SubjectIndex;
import io.expunge.shared.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Nobody comes back. Holds whoever asked to be forgotten against what is to be learned, published or restored: the records
 * that a request named, and every other record of the same people that came in before or after it.
 */
@Service
public class Forgotten {

    private static final int NAMED = 20;

    private static final String ASKED = """
            select id, subjects, records, datasets from erasure_request
            where controller_id = :controller and state = any (:binding)
            """;

    private static final String SERVED = """
            select r.id, r.subjects, r.records, r.datasets from erasure_request r
            where r.controller_id = :controller
              and (r.state = 'COMPLETED'
                   or exists (select from erasure_target t
                              where t.request_id = r.id and t.model_id = :model
                                and (t.state = 'FORGOTTEN' or t.run_id = :run)))
            """;

    private final JdbcClient jdbc;
    private final SubjectIndex index;

    Forgotten(JdbcClient jdbc, SubjectIndex index) {
        this.jdbc = jdbc;
        this.index = index;
    }

    private record Asked(UUID id, List<Pseudonym> people, List<RecordRef> records, List<UUID> datasets) {

        static Asked read(ResultSet row, int number) throws SQLException {
            return new Asked(
                    row.getObject(1, UUID.class),
                    Packed.people(row.getBytes(2)),
                    Packed.records(row.getBytes(3)),
                    Packed.ids(row.getBytes(4)));
        }

        boolean means(UUID dataset) {
            return datasets.isEmpty() || datasets.contains(dataset);
        }
    }

    /** Records of a data set that no training may learn from, because somebody asked that they be forgotten. */
    @Transactional(readOnly = true)
    public Set<RecordRef> ofDataset(UUID controller, UUID dataset) {
        var asked = asked(controller).stream()
                .filter(request -> request.means(dataset))
                .toList();
        var all = asked.stream()
                .flatMap(request -> request.records().stream())
                .filter(record -> record.datasetId().equals(dataset))
                .collect(Collectors.toCollection(HashSet::new));
        all.addAll(index.ofPeople(controller, dataset, people(asked)));
        return all;
    }

    /** Refuses a version that has learned somebody who asked to be forgotten. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void requireNobodyLearned(UUID controller, UUID version) {
        refuse(version, learned(controller, version));
    }

    /** Requests of which a version has learned somebody. */
    List<UUID> learned(UUID controller, UUID version) {
        return known(controller, version, asked(controller));
    }

    /**
     * Refuses a version of a model that knows somebody whom the model has been made to forget.
     *
     * @param run whose requests count as served, too; null where none is at work
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void requireNobodyKnown(UUID controller, UUID model, UUID version, @Nullable UUID run) {
        refuse(version, known(controller, version, served(controller, model, run)));
    }

    /** Whether a version knows somebody whom its model has been made to forget. */
    @Transactional(readOnly = true)
    public boolean knows(UUID controller, UUID model, UUID version) {
        return !known(controller, version, served(controller, model, null)).isEmpty();
    }

    /** Records that a version learned from, of somebody whom its model has been made to forget. */
    @Transactional(readOnly = true)
    public Set<RecordRef> recordsKnown(UUID controller, UUID model, UUID version) {
        var records = new HashSet<RecordRef>();
        held(controller, version, served(controller, model, null), (record, request) -> records.add(record));
        return records;
    }

    /** Whether a version knows somebody whom the request names. */
    boolean knows(RequestEntity request, UUID version) {
        return !known(
                        request.controllerId(),
                        version,
                        List.of(new Asked(request.id(), request.subjects(), request.records(), request.datasets())))
                .isEmpty();
    }

    private static void refuse(UUID version, List<UUID> requests) {
        if (!requests.isEmpty()) {
            throw Problem.conflict(
                    "holds-forgotten",
                    "version " + version + " knows what " + requests.size() + " erasure requests had forgotten: "
                            + requests.stream().limit(NAMED).map(UUID::toString).collect(Collectors.joining(", "))
                            + (requests.size() > NAMED ? ", …" : ""));
        }
    }

    private List<Asked> asked(UUID controller) {
        return jdbc.sql(ASKED)
                .param("controller", controller)
                .param(
                        "binding",
                        Stream.of(RequestState.values())
                                .filter(RequestState::binding)
                                .map(Enum::name)
                                .toArray(String[]::new))
                .query(Asked::read)
                .list();
    }

    private List<Asked> served(UUID controller, UUID model, @Nullable UUID run) {
        return jdbc.sql(SERVED)
                .param("controller", controller)
                .param("model", model)
                .param("run", run, java.sql.Types.OTHER)
                .query(Asked::read)
                .list();
    }

    private static Set<Pseudonym> people(List<Asked> asked) {
        return asked.stream().flatMap(request -> request.people().stream()).collect(Collectors.toSet());
    }

    /** Those of {@code asked} of whom the version knows a record. */
    private List<UUID> known(UUID controller, UUID version, List<Asked> asked) {
        var known = new LinkedHashSet<UUID>();
        held(controller, version, asked, (record, request) -> known.add(request));
        return List.copyOf(known);
    }

    /** Tells each record that the version knows, with each request that means it. */
    private void held(UUID controller, UUID version, List<Asked> asked, BiConsumer<RecordRef, UUID> told) {
        Map<Object, List<Asked>> who = new HashMap<>();
        for (var request : asked) {
            Stream.concat(request.people().stream(), request.records().stream())
                    .forEach(named ->
                            who.computeIfAbsent(named, key -> new ArrayList<>()).add(request));
        }
        var records =
                asked.stream().flatMap(request -> request.records().stream()).collect(Collectors.toSet());
        for (var held : index.known(controller, version, people(asked), records)) {
            var named = held.person() == null ? held.record() : held.person();
            who.getOrDefault(named, List.of()).stream()
                    .filter(request -> request.means(held.record().datasetId()))
                    .forEach(request -> told.accept(held.record(), request.id()));
        }
    }
}
