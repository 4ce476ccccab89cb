package io.expunge.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface RecipientRepository extends Repository<RecipientEntity, UUID> {

    RecipientEntity save(RecipientEntity recipient);

    Optional<RecipientEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    List<RecipientEntity> findByVersionIdOrderById(UUID versionId);

    List<RecipientEntity> findByIdInOrderById(Collection<UUID> ids);

    @Query("""
            select r from RecipientEntity r where r.endedAt is null
              and r.versionId in (select v.id from VersionEntity v where v.modelId in :models)
            order by r.id
            """)
    List<RecipientEntity> ofModels(Collection<UUID> models);
}
