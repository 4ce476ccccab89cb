package io.expunge.erasure;

import io.expunge.keys.Envelope;
import io.expunge.keys.KeyEncryption;
import io.expunge.keys.Wrapped;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** People who are to be forgotten again and again: kept encrypted for as long as their list is needed. */
@Service
public class SubjectLists {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<String>> IDENTIFIERS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final Envelope envelope;

    SubjectLists(JdbcClient jdbc, KeyEncryption keys) {
        this.jdbc = jdbc;
        this.envelope = new Envelope(keys);
    }

    /** Puts a list in the place of the one before, whose data key is destroyed. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void put(UUID id, List<String> identifiers) {
        var sealed = envelope.seal(JSON.writeValueAsBytes(identifiers), Payload.context(id));
        jdbc.sql("""
                        insert into subject_list (id, people, ciphertext, key_id, wrapped) values (?, ?, ?, ?, ?)
                        on conflict (id) do update set people = excluded.people, ciphertext = excluded.ciphertext,
                            key_id = excluded.key_id, wrapped = excluded.wrapped
                        """)
                .params(
                        id,
                        identifiers.size(),
                        sealed.ciphertext(),
                        sealed.key().keyId(),
                        sealed.key().bytes())
                .update();
    }

    /** How many stand on it; empty if there is none. */
    @Transactional(readOnly = true)
    public OptionalInt size(UUID id) {
        return jdbc.sql("select people from subject_list where id = ?")
                .param(id)
                .query(Integer.class)
                .optional()
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** Whoever stands on it; nobody if there is none. */
    @Transactional(readOnly = true)
    public List<String> open(UUID id) {
        return jdbc.sql("select key_id, wrapped, ciphertext from subject_list where id = ?")
                .param(id)
                .query((row, i) -> new Envelope.Sealed(new Wrapped(row.getString(1), row.getBytes(2)), row.getBytes(3)))
                .optional()
                .map(one -> JSON.readValue(envelope.open(one, Payload.context(id)), IDENTIFIERS))
                .orElse(List.of());
    }

    /** Destroys a list with its data key. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void drop(UUID id) {
        jdbc.sql("delete from subject_list where id = ?").param(id).update();
    }
}
