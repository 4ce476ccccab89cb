package io.expunge.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface ApiKeyRepository extends Repository<ApiKeyEntity, UUID> {

    ApiKeyEntity save(ApiKeyEntity key);

    Optional<ApiKeyEntity> findByPrefix(String prefix);

    Optional<ApiKeyEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    List<ApiKeyEntity> findByControllerIdOrderById(UUID controllerId);
}
