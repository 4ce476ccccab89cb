package io.expunge.catalog;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of forgotten_record; many at a time, so without an entity for each. */
@Component
class ForgottenRecords {

    private final JdbcClient jdbc;

    ForgottenRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(UUID version, UUID dataset, Collection<Integer> ordinals) {
        jdbc.sql("""
                        insert into forgotten_record (version_id, dataset_id, ordinal)
                        select ?, ?, unnest(?) on conflict do nothing
                        """).params(version, dataset, ordinals.toArray(Integer[]::new)).update();
    }

    Set<RecordRef> of(UUID version) {
        return new HashSet<>(jdbc.sql("select dataset_id, ordinal from forgotten_record where version_id = ?")
                .param(version)
                .query((row, i) -> new RecordRef(row.getObject(1, UUID.class), row.getInt(2)))
                .list());
    }

    /** What published versions of any model have forgotten of a data set. */
    Set<RecordRef> ofDataset(UUID dataset) {
        return new HashSet<>(jdbc.sql("""
                        select distinct f.ordinal
                        from forgotten_record f
                        join version v on v.id = f.version_id
                        where v.dataset_id = :dataset and v.state = 'PUBLISHED' and f.dataset_id = :dataset
                        """)
                .param("dataset", dataset)
                .query((row, i) -> new RecordRef(dataset, row.getInt(1)))
                .list());
    }
}
