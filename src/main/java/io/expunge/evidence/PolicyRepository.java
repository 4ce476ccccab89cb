package io.expunge.evidence;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface PolicyRepository extends Repository<PolicyEntity, UUID> {

    PolicyEntity saveAndFlush(PolicyEntity policy);

    Optional<PolicyEntity> findByControllerIdAndName(UUID controllerId, String name);

    List<PolicyEntity> findByControllerIdOrderByName(UUID controllerId);
}
