package io.expunge.catalog;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
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

    List<VersionEntity> findByRunIdOrderByNumber(UUID runId);

    /** What was edited from a version or tuned from it, at any distance. */
    @NativeQuery("""
            with recursive derived (id) as (
                select v.id from version v where v.parent_id = :id or v.base_id = :id
                union
                select v.id from version v join derived d on v.parent_id = d.id or v.base_id = d.id
            )
            select v.* from version v join derived d on d.id = v.id order by v.model_id, v.number
            """)
    List<VersionEntity> derived(UUID id);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select v from VersionEntity v where v.id = :id")
    Optional<VersionEntity> lock(UUID id);

    /** Versions that stopped being needed before a time and that nobody begins with. */
    @NativeQuery("""
            select v.* from version v
            where v.left_at < :before and v.condemned_at is null
              and not exists (select from version child where child.base_id = v.id and child.condemned_at is null)
            order by v.left_at
            """)
    List<VersionEntity> left(Instant before);

    @Query(
            "select v from VersionEntity v where v.condemnedAt is not null and v.erasedAt is null order by v.condemnedAt")
    List<VersionEntity> condemned(Limit limit);

    /** How many versions that are not condemned have these files. */
    @Query("select count(v) from VersionEntity v where v.digest = :digest and v.condemnedAt is null")
    long countUsing(byte[] digest);

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
