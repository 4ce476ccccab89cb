package io.expunge.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Answers which records are about a person and which versions learned from them, in one indexed query. */
@Component
public class SubjectIndex {

    static final String RESOLVE = """
            with named as (
                select s.dataset_id, s.ordinal, s.pseudonym
                from subject_record s
                where s.controller_id = :controller and s.pseudonym = any (:pseudonyms)
                union
                select r.dataset_id, r.ordinal, null::bytea
                from unnest(:datasets::uuid[], :ordinals::integer[]) as r (dataset_id, ordinal)
            )
            select n.dataset_id, n.ordinal, n.pseudonym,
                   v.id as version_id, v.model_id, v.test_dataset_id, v.test_fraction, v.split_seed,
                   m.champion_id,
                   exists (select from forgotten_record f
                           where f.version_id = v.id and f.dataset_id = n.dataset_id and f.ordinal = n.ordinal)
                       as forgotten
            from named n
            join dataset d on d.id = n.dataset_id and d.controller_id = :controller
            left join version v on v.dataset_id = n.dataset_id and v.state = 'PUBLISHED' and v.condemned_at is null
            left join model m on m.id = v.model_id
            where :everywhere or n.dataset_id = any (:only::uuid[])
            order by n.dataset_id, n.ordinal, v.model_id, v.number
            """;

    private static final String HELD = """
            with named as (
                select s.dataset_id, s.ordinal, s.pseudonym
                from subject_record s
                where s.controller_id = :controller and s.pseudonym = any (:pseudonyms)
                union
                select r.dataset_id, r.ordinal, null::bytea
                from unnest(:datasets::uuid[], :ordinals::integer[]) as r (dataset_id, ordinal)
            )
            select n.dataset_id, n.ordinal, n.pseudonym, v.test_dataset_id, v.test_fraction, v.split_seed
            from named n
            join version v on v.id = :version and v.controller_id = :controller and v.dataset_id = n.dataset_id
            where not exists (select from forgotten_record f
                              where f.version_id = v.id and f.dataset_id = n.dataset_id and f.ordinal = n.ordinal)
            """;

    private static final String OF_PEOPLE = """
            select ordinal from subject_record
            where controller_id = :controller and pseudonym = any (:pseudonyms) and dataset_id = :dataset
            """;

    private static final String KNOWN = """
            select p.pseudonym from unnest(:pseudonyms::bytea[]) as p (pseudonym)
            where exists (select from subject_record s
                          where s.controller_id = :controller and s.pseudonym = p.pseudonym)
            """;

    private final JdbcClient jdbc;
    private final Artifacts artifacts;
    private final DatasetRepository datasets;

    SubjectIndex(JdbcClient jdbc, Artifacts artifacts, DatasetRepository datasets) {
        this.jdbc = jdbc;
        this.artifacts = artifacts;
        this.datasets = datasets;
    }

    /**
     * Where people are looked for.
     *
     * @param datasets how many complete ones there are
     * @param versions how many published ones learned from these
     * @param undeclared how many published ones learned from data that the service does not know
     * @param digest hex SHA-256 over the digests of the data sets, in the order of their ids
     */
    public record Extent(long datasets, long versions, long undeclared, String digest) {}

    /**
     * Where people of a controller are looked for now.
     *
     * @param datasetIds only in these; everywhere when empty
     */
    @Transactional(readOnly = true)
    public Extent extent(UUID controller, Collection<UUID> datasetIds) {
        return jdbc.sql("""
                        with searched as (
                            select id, digest from dataset
                            where controller_id = :controller and state = 'READY'
                              and (:everywhere or id = any (:only::uuid[]))
                        ), published as (
                            select dataset_id from version
                            where controller_id = :controller and state = 'PUBLISHED' and condemned_at is null
                        )
                        select count(*),
                               (select count(*) from published p join searched s on s.id = p.dataset_id),
                               (select count(*) from published p where p.dataset_id is null),
                               encode(sha256(coalesce(string_agg(digest, ''::bytea order by id), ''::bytea)), 'hex')
                        from searched
                        """)
                .param("controller", controller)
                .param("everywhere", datasetIds.isEmpty())
                .param("only", datasetIds.toArray(UUID[]::new))
                .query((row, i) -> new Extent(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4)))
                .single();
    }

    /** Those of {@code people} of whom the controller has any record. */
    @Transactional(readOnly = true)
    public List<Pseudonym> known(UUID controller, Collection<Pseudonym> people) {
        return jdbc.sql(KNOWN)
                .param("controller", controller)
                .param("pseudonyms", people.stream().map(Pseudonym::bytes).toArray(byte[][]::new))
                .query((row, i) -> Pseudonym.of(row.getBytes(1)))
                .list();
    }

    /**
     * Those of {@code people} whom the published version of some model knows and has not forgotten.
     *
     * @param datasetIds only from these; from everywhere when empty
     */
    @Transactional(readOnly = true)
    public Set<Pseudonym> knownToModels(UUID controller, Collection<Pseudonym> people, Collection<UUID> datasetIds) {
        var champions = jdbc.sql("select champion_id from model where controller_id = ? and champion_id is not null")
                .param(controller)
                .query(UUID.class)
                .list();
        var known = new HashSet<Pseudonym>();
        for (var champion : champions) {
            for (var held : known(controller, champion, people, List.of())) {
                if (held.person() != null
                        && (datasetIds.isEmpty()
                                || datasetIds.contains(held.record().datasetId()))) {
                    known.add(held.person());
                }
            }
        }
        return known;
    }

    /** The records of a data set that are about one of {@code people}. */
    @Transactional(readOnly = true)
    public List<RecordRef> ofPeople(UUID controller, UUID dataset, Collection<Pseudonym> people) {
        return jdbc.sql(OF_PEOPLE)
                .param("controller", controller)
                .param("pseudonyms", people.stream().map(Pseudonym::bytes).toArray(byte[][]::new))
                .param("dataset", dataset)
                .query((row, i) -> new RecordRef(dataset, row.getInt(1)))
                .list();
    }

    /**
     * A record that a version learned from and has not forgotten.
     *
     * @param person whose it is; null where it was asked for by place
     */
    public record Held(RecordRef record, @Nullable Pseudonym person) {}

    /** What {@code version}, in any state, knows of people and of records that are named by place. */
    @Transactional(readOnly = true)
    public List<Held> known(
            UUID controller, UUID version, Collection<Pseudonym> subjects, Collection<RecordRef> records) {
        var people = new HeldOut();
        var all = new ArrayList<Held>();
        jdbc.sql(HELD)
                .param("controller", controller)
                .param("version", version)
                .param("pseudonyms", subjects.stream().map(Pseudonym::bytes).toArray(byte[][]::new))
                .param("datasets", records.stream().map(RecordRef::datasetId).toArray(UUID[]::new))
                .param("ordinals", records.stream().map(RecordRef::ordinal).toArray(Integer[]::new))
                .query((ResultSet row) -> {
                    var record = new RecordRef(row.getObject("dataset_id", UUID.class), row.getInt("ordinal"));
                    if (people.exists(record.datasetId(), record.ordinal())
                            && !people.heldOut(row, record.datasetId(), record.ordinal())) {
                        var pseudonym = row.getBytes("pseudonym");
                        all.add(new Held(record, pseudonym == null ? null : Pseudonym.of(pseudonym)));
                    }
                });
        return all;
    }

    /**
     * Resolves an erasure.
     *
     * @param records places that the request names itself; those that do not exist resolve to nothing
     * @param datasetIds look only in these; everywhere when empty
     */
    @Transactional(readOnly = true)
    public Resolution resolve(
            UUID controller,
            Collection<Pseudonym> subjects,
            Collection<RecordRef> records,
            Collection<UUID> datasetIds) {
        var people = new HeldOut();
        var found = new LinkedHashSet<RecordRef>();
        Map<UUID, Affected> models = new LinkedHashMap<>();
        jdbc.sql(RESOLVE)
                .param("controller", controller)
                .param("pseudonyms", subjects.stream().map(Pseudonym::bytes).toArray(byte[][]::new))
                .param("datasets", records.stream().map(RecordRef::datasetId).toArray(UUID[]::new))
                .param("ordinals", records.stream().map(RecordRef::ordinal).toArray(Integer[]::new))
                .param("everywhere", datasetIds.isEmpty())
                .param("only", datasetIds.toArray(UUID[]::new))
                .query((ResultSet row) -> {
                    var dataset = row.getObject("dataset_id", UUID.class);
                    int ordinal = row.getInt("ordinal");
                    if (!people.exists(dataset, ordinal)) {
                        return;
                    }
                    var record = new RecordRef(dataset, ordinal);
                    found.add(record);
                    var version = row.getObject("version_id", UUID.class);
                    if (version != null && !row.getBoolean("forgotten") && !people.heldOut(row, dataset, ordinal)) {
                        models.computeIfAbsent(
                                        row.getObject("model_id", UUID.class), model -> new Affected(champion(row)))
                                .add(version, record);
                    }
                });
        var affected = new ArrayList<Resolution.AffectedModel>();
        models.forEach((model, a) -> {
            if (!a.records.isEmpty()) {
                affected.add(new Resolution.AffectedModel(
                        model, a.champion, List.copyOf(a.versions), List.copyOf(a.records)));
            }
        });
        return new Resolution(List.copyOf(found), affected);
    }

    private static UUID champion(ResultSet row) {
        try {
            return row.getObject("champion_id", UUID.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Affected {

        private final UUID champion;
        private final LinkedHashSet<UUID> versions = new LinkedHashSet<>();
        private final LinkedHashSet<RecordRef> records = new LinkedHashSet<>();

        Affected(UUID champion) {
            this.champion = champion;
        }

        void add(UUID version, RecordRef record) {
            versions.add(version);
            if (version.equals(champion)) {
                records.add(record);
            }
        }
    }

    /** What the query cannot tell: how many records a data set has, and whose a record is that was named by place. */
    private final class HeldOut {

        private final Map<UUID, Integer> sizes = new LinkedHashMap<>();
        private final Map<UUID, long[]> subjects = new LinkedHashMap<>();

        boolean exists(UUID dataset, int ordinal) {
            int size = sizes.computeIfAbsent(dataset, id -> {
                var content = content(id);
                return content == null ? 0 : content.records();
            });
            return ordinal < size;
        }

        boolean heldOut(ResultSet row, UUID dataset, int ordinal) throws SQLException {
            if (row.getObject("test_dataset_id") != null) {
                return false;
            }
            var pseudonym = row.getBytes("pseudonym");
            long subject = pseudonym == null
                    ? subjectsOf(dataset)[ordinal]
                    : Pseudonym.of(pseudonym).prefix();
            return new Holdout(row.getLong("split_seed"), row.getDouble("test_fraction")).holds(subject, ordinal);
        }

        private long[] subjectsOf(UUID dataset) {
            return subjects.computeIfAbsent(dataset, id -> {
                var content = content(id);
                return content == null
                        ? new long[0]
                        : new ExampleFiles(artifacts.datasets().resolve(id.toString()), content).subjects();
            });
        }

        private @Nullable Content content(UUID dataset) {
            return datasets.findById(dataset).map(DatasetEntity::content).orElse(null);
        }
    }
}
