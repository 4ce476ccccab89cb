package io.expunge.run;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface RunRepository extends Repository<RunEntity, UUID> {

    RunEntity save(RunEntity run);

    RunEntity saveAndFlush(RunEntity run);

    Optional<RunEntity> findById(UUID id);

    List<RunEntity> findByIdIn(Collection<UUID> ids);

    record OfModel(UUID id, UUID modelId) {}

    /** Without the rest, which may be large. */
    @Query("select new io.expunge.run.RunRepository$OfModel(r.id, r.modelId) from RunEntity r where r.id in :ids")
    List<OfModel> models(Collection<UUID> ids);

    Optional<RunEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    /** Runs of these models that were ordered after {@code earliest} and name what is given, in their order. */
    @NativeQuery("""
            select * from run where model_id = any (:models) and id > :earliest and strpos(request_ids, :named) > 0
            order by id
            """)
    List<RunEntity> naming(UUID[] models, UUID earliest, String named);

    Optional<RunEntity> findByControllerIdAndIdempotencyKey(UUID controllerId, String key);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select r from RunEntity r where r.id = :id")
    Optional<RunEntity> lock(UUID id);

    @Query("""
            select r from RunEntity r
            where r.controllerId = :controller and (:before is null or r.id < :before)
              and (:state is null or r.state = :state) and (:model is null or r.modelId = :model)
            order by r.id desc
            """)
    List<RunEntity> page(
            UUID controller, @Nullable UUID before, @Nullable RunState state, @Nullable UUID model, Limit limit);

    @Query("""
            select count(r) from RunEntity r
            where r.modelId = :model
              and r.kind not in (io.expunge.run.RunEntity.Kind.TRAINING, io.expunge.run.RunEntity.Kind.ENSEMBLE)
              and r.state not in (io.expunge.run.RunState.SUCCEEDED, io.expunge.run.RunState.FAILED,
                                  io.expunge.run.RunState.CANCELLED)
            """)
    long active(UUID model);

    @Query("""
            select r from RunEntity r where r.modelId = :model
              and r.state not in (io.expunge.run.RunState.SUCCEEDED, io.expunge.run.RunState.FAILED,
                                  io.expunge.run.RunState.CANCELLED)
            order by r.id
            """)
    List<RunEntity> open(UUID model);

    /** How many runs that have not ended work with the files of this version. */
    @Query("""
            select count(r) from RunEntity r
            where (r.parentVersionId = :version or r.candidateVersionId = :version)
              and r.kind <> io.expunge.run.RunEntity.Kind.ENSEMBLE
              and r.state not in (io.expunge.run.RunState.SUCCEEDED, io.expunge.run.RunState.FAILED,
                                  io.expunge.run.RunState.CANCELLED)
            """)
    long countUsing(UUID version);

    /** Runs whose files are still there though nobody needs them: those that failed may be tried again for a while. */
    @Query("""
            select r.id from RunEntity r
            where r.workspaceErasedAt is null and r.endedAt < :now
              and (r.state <> io.expunge.run.RunState.FAILED or r.endedAt < :failedBefore)
            order by r.endedAt
            """)
    List<UUID> withFiles(Instant now, Instant failedBefore, Limit limit);

    long countByState(RunState state);
}
