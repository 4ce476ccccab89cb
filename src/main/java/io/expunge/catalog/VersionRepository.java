package io.expunge.catalog;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface VersionRepository extends Repository<VersionEntity, UUID> {

    VersionEntity save(VersionEntity version);

    VersionEntity saveAndFlush(VersionEntity version);

    Optional<VersionEntity> findById(UUID id);

    Optional<VersionEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    Optional<VersionEntity> findByControllerIdAndIdempotencyKey(UUID controllerId, String key);

    List<VersionEntity> findByModelIdOrderByNumberDesc(UUID modelId);

    List<VersionEntity> findByRunIdAndState(UUID runId, VersionView.State state);

    @Query("select coalesce(max(v.number), 0) from VersionEntity v where v.modelId = :model")
    int lastNumber(UUID model);

    @NativeQuery("select count(*) from forgotten_record where version_id = :version")
    long countForgotten(UUID version);

    @Modifying
    @NativeQuery("""
            insert into forgotten_record (version_id, dataset_id, ordinal)
            select :child, dataset_id, ordinal from forgotten_record where version_id = :parent
            """)
    void inheritForgotten(UUID child, UUID parent);
}
