package io.expunge.catalog;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ModelRepository extends Repository<ModelEntity, UUID> {

    ModelEntity save(ModelEntity model);

    Optional<ModelEntity> findById(UUID id);

    Optional<ModelEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    Optional<ModelEntity> findByControllerIdAndIdempotencyKey(UUID controllerId, String key);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select m from ModelEntity m where m.id = :id")
    Optional<ModelEntity> lock(UUID id);

    @Query("""
            select m from ModelEntity m
            where m.controllerId = :controller and (:before is null or m.id < :before) order by m.id desc
            """)
    List<ModelEntity> page(UUID controller, @Nullable UUID before, Limit limit);
}
