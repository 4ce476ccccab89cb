package io.expunge.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface ControllerRepository extends Repository<ControllerEntity, UUID> {

    ControllerEntity save(ControllerEntity controller);

    Optional<ControllerEntity> findById(UUID id);

    Optional<ControllerEntity> findByName(String name);

    Optional<ControllerEntity> findByIdempotencyKey(String key);

    List<ControllerEntity> findAllByOrderById();

    long count();
}
