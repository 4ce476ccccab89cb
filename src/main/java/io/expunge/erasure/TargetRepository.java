package io.expunge.erasure;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface TargetRepository extends Repository<TargetEntity, UUID> {

    TargetEntity save(TargetEntity target);

    List<TargetEntity> findByRequestId(UUID requestId);

    List<TargetEntity> findByModelIdAndState(UUID modelId, TargetEntity.State state);

    List<TargetEntity> findByModelIdAndStateNot(UUID modelId, TargetEntity.State state);

    List<TargetEntity> findByRunId(UUID runId);

    @Query(
            "select distinct t.modelId from TargetEntity t where t.state = io.expunge.erasure.TargetEntity.State.WAITING")
    List<UUID> modelsWaiting();
}
