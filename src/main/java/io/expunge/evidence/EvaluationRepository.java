package io.expunge.evidence;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface EvaluationRepository extends Repository<EvaluationEntity, UUID> {

    EvaluationEntity save(EvaluationEntity evaluation);

    Optional<EvaluationEntity> findById(UUID runId);

    List<EvaluationEntity> findByRunIdIn(Collection<UUID> runIds);
}
