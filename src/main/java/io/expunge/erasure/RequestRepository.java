package io.expunge.erasure;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface RequestRepository extends Repository<RequestEntity, UUID> {

    /** Places of one statement. */
    int AT_ONCE = 10_000;

    /** The order that PostgreSQL has, by the bytes; Java compares the halves as signed numbers. */
    Comparator<UUID> IN_ORDER = Comparator.comparing(UUID::toString);

    RequestEntity save(RequestEntity request);

    Optional<RequestEntity> findByIdAndControllerId(UUID id, UUID controllerId);

    /** However many: an array is one place of a statement, which has 65,535. */
    @NativeQuery("select * from erasure_request where id = any (:ids)")
    List<RequestEntity> all(UUID[] ids);

    default List<RequestEntity> findByIdIn(Collection<UUID> ids) {
        return ids.isEmpty() ? List.of() : all(ids.toArray(UUID[]::new));
    }

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
    List<RequestEntity> lockSome(Collection<UUID> ids);

    /** However many, always in one order, so that nobody waits in a circle. */
    default List<RequestEntity> lock(Collection<UUID> ids) {
        return ids.stream()
                .sorted(IN_ORDER)
                .gather(Gatherers.windowFixed(AT_ONCE))
                .flatMap(some -> lockSome(some).stream())
                .toList();
    }

    @Query("""
            select r from RequestEntity r
            where r.controllerId = :controller and (:before is null or r.id < :before)
              and (:state is null or r.state = :state) and r.dueAt < :dueBefore
            order by r.id desc
            """)
    List<RequestEntity> page(
            UUID controller, @Nullable UUID before, @Nullable RequestState state, Instant dueBefore, Limit limit);
}
