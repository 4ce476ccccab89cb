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

interface DatasetRepository extends Repository<DatasetEntity, UUID> {

    DatasetEntity save(DatasetEntity dataset);

    Optional<DatasetEntity> findById(UUID id);

    Optional<DatasetEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    Optional<DatasetEntity> findByControllerIdAndIdempotencyKey(UUID controllerId, String key);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select d from DatasetEntity d where d.id = :id")
    Optional<DatasetEntity> lock(UUID id);

    @Query("""
            select d from DatasetEntity d
            where d.controllerId = :controller and (:before is null or d.id < :before) order by d.id desc
            """)
    List<DatasetEntity> page(UUID controller, @Nullable UUID before, Limit limit);
}
