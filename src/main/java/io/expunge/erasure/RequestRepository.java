package io.expunge.erasure;

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

interface RequestRepository extends Repository<RequestEntity, UUID> {

    RequestEntity save(RequestEntity request);

    Optional<RequestEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    List<RequestEntity> findByIdIn(Collection<UUID> ids);

    Optional<RequestEntity> findByControllerIdAndIdempotencyKey(UUID controllerId, String key);

    /** Requests that nobody has resolved, the most urgent first; those that another process works on are left to it. */
    @NativeQuery("""
            select * from erasure_request where state = 'RECEIVED'
            order by due_at limit :limit for update skip locked
            """)
    List<RequestEntity> received(int limit);

    /** Requests whose people have no name under this key yet and that still say who they are. */
    @NativeQuery("""
            select * from erasure_request where shredded_at is null and pseudonym_key <> :key
            limit :limit for update skip locked
            """)
    List<RequestEntity> notNamedUnder(String key, int limit);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select r from RequestEntity r where r.id in :ids order by r.id")
    List<RequestEntity> lock(Collection<UUID> ids);

    @Query("""
            select r from RequestEntity r
            where r.controllerId = :controller and (:before is null or r.id < :before)
              and (:state is null or r.state = :state) and r.dueAt < :dueBefore
            order by r.id desc
            """)
    List<RequestEntity> page(
            UUID controller, @Nullable UUID before, @Nullable RequestState state, Instant dueBefore, Limit limit);
}
