package io.expunge.erasure;

import io.expunge.keys.Envelope;
import io.expunge.keys.KeyDestroyed;
import io.expunge.keys.KeyEncryption;
import io.expunge.keys.Wrapped;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The rows of request_payload and request_key. */
@Component
class PayloadTable {

    private static final Logger log = LoggerFactory.getLogger(PayloadTable.class);

    private static final String SHRED = """
            with due as (
                select id, controller_id from erasure_request
                where ended_at <= :before and shredded_at is null
                order by ended_at limit :limit for update skip locked
            ), destroyed as (
                delete from request_key k using due where k.request_id = due.id returning k.request_id, k.key_id
            ), marked as (
                update erasure_request r set shredded_at = :now, revision = r.revision + 1
                from due where r.id = due.id
            )
            select due.id, due.controller_id, d.key_id, p.ciphertext
            from due
            left join destroyed d on d.request_id = due.id
            left join request_payload p on p.request_id = due.id
            """;

    private final JdbcClient jdbc;
    private final Envelope envelope;

    PayloadTable(JdbcClient jdbc, KeyEncryption keys) {
        this.jdbc = jdbc;
        this.envelope = new Envelope(keys);
    }

    Envelope.Sealed seal(UUID request, Payload payload) {
        return payload.seal(envelope, request);
    }

    /** Puts another reply in the place of the one before, unless the payload was shredded. */
    @Transactional(propagation = Propagation.MANDATORY)
    boolean renew(UUID request, String reply) {
        var before = open(request).orElse(null);
        if (before == null) {
            return false;
        }
        var sealed = seal(request, new Payload(before.subjects(), before.externalId(), reply));
        jdbc.sql("update request_payload set ciphertext = ? where request_id = ?")
                .params(sealed.ciphertext(), request)
                .update();
        jdbc.sql("update request_key set key_id = ?, wrapped = ? where request_id = ?")
                .params(sealed.key().keyId(), sealed.key().bytes(), request)
                .update();
        return true;
    }

    /** The payload of a request, unless it was shredded. */
    Optional<Payload> open(UUID request) {
        return Optional.ofNullable(open(List.of(request)).get(request));
    }

    /** The payloads of those requests whose data keys are still there. */
    Map<UUID, Payload> open(Collection<UUID> requests) {
        var opened = new HashMap<UUID, Payload>();
        jdbc.sql("""
                        select p.request_id, k.key_id, k.wrapped, p.ciphertext
                        from request_payload p join request_key k using (request_id) where p.request_id = any (?)
                        """).param(requests.toArray(UUID[]::new)).query(row -> {
            var id = row.getObject(1, UUID.class);
            var sealed = new Envelope.Sealed(new Wrapped(row.getString(2), row.getBytes(3)), row.getBytes(4));
            try {
                opened.put(id, Payload.open(envelope, sealed, id));
            } catch (KeyDestroyed e) {
                log.error("the payload of request {} cannot be read: {}", id, e.getMessage());
            }
        });
        return opened;
    }

    /**
     * A payload that was shredded.
     *
     * @param keyId of the key that the data key was encrypted under
     * @param ciphertext digest of what is left, which nobody can read
     */
    record Shredded(UUID request, UUID controller, String keyId, String ciphertext) {}

    /** Destroys the data keys of requests that ended before a time. */
    @Transactional(propagation = Propagation.MANDATORY)
    List<Shredded> shred(java.time.Instant before, java.time.Instant now, int limit) {
        return jdbc.sql(SHRED)
                .param("before", java.sql.Timestamp.from(before))
                .param("now", java.sql.Timestamp.from(now))
                .param("limit", limit)
                .query((row, i) -> new Shredded(
                        row.getObject(1, UUID.class),
                        row.getObject(2, UUID.class),
                        String.valueOf(row.getString(3)),
                        Payload.digest(row.getBytes(4))))
                .list();
    }

    /** Puts data keys, of requests and of lists, under the key that wraps now; says how many. */
    @Transactional(propagation = Propagation.MANDATORY)
    int rewrap(String current, int limit) {
        int requests = rewrap("request_key", "request_id", current, limit);
        return requests + rewrap("subject_list", "id", current, limit - requests);
    }

    private int rewrap(String table, String owner, String current, int limit) {
        record Row(UUID owner, Wrapped key) {}
        var rows = jdbc.sql("select " + owner + ", key_id, wrapped from " + table
                        + " where key_id <> ? order by key_id limit ? for update skip locked")
                .params(current, limit)
                .query((row, i) ->
                        new Row(row.getObject(1, UUID.class), new Wrapped(row.getString(2), row.getBytes(3))))
                .list();
        for (var row : rows) {
            var again = envelope.rewrap(row.key(), Payload.context(row.owner()));
            jdbc.sql("update " + table + " set key_id = ?, wrapped = ? where " + owner + " = ?")
                    .params(again.keyId(), again.bytes(), row.owner())
                    .update();
        }
        return rows.size();
    }

    /** Whether some data key is under this key. */
    boolean uses(String keyId) {
        return jdbc.sql("select exists (select from request_key where key_id = :key)"
                        + " or exists (select from subject_list where key_id = :key)")
                .param("key", keyId)
                .query(Boolean.class)
                .single();
    }
}
