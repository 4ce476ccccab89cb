package io.expunge.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Whether the files of published versions are still what their digests say. */
@Component
public class Integrity {

    private final JdbcClient jdbc;
    private final Artifacts artifacts;

    Integrity(JdbcClient jdbc, Artifacts artifacts) {
        this.jdbc = jdbc;
        this.artifacts = artifacts;
    }

    /** A champion that is to be looked at. */
    public record Due(UUID version, UUID model, UUID controller) {}

    /** Champions of any controller that nobody has looked at since a time, the longest unseen first. */
    @Transactional(readOnly = true)
    public List<Due> due(Instant before, int limit) {
        return jdbc.sql("""
                        select v.id, v.model_id, v.controller_id from model m join version v on v.id = m.champion_id
                        where v.condemned_at is null and (v.verified_at is null or v.verified_at < ?)
                        order by v.verified_at nulls first limit ?
                        """)
                .params(Timestamp.from(before), limit)
                .query((row, i) -> new Due(
                        row.getObject(1, UUID.class), row.getObject(2, UUID.class), row.getObject(3, UUID.class)))
                .list();
    }

    /** Whether the files of a version are there and have its digest; reads all of them. */
    public boolean intact(UUID version) {
        var stored = jdbc.sql("select digest from version where id = ?")
                .param(version)
                .query((row, i) -> row.getBytes(1))
                .single();
        try {
            return java.util.Arrays.equals(stored, address(artifacts.version(stored)));
        } catch (IOException | UncheckedIOException e) {
            return false; // what cannot be read is not there
        }
    }

    private static byte[] address(Path directory) throws IOException {
        var address = Artifacts.sha256();
        for (var file : Artifacts.files(directory)) {
            address.update(Artifacts.digest(directory.resolve(file)));
        }
        return address.digest();
    }

    /**
     * Notes what was found, in the caller's transaction.
     *
     * @return false if it is a champion no more, so that nothing is to be said of it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean found(UUID version, boolean sound, Instant at) {
        return jdbc.sql("""
                        update version v set verified_at = ?, sound = ? from model m
                        where v.id = ? and m.champion_id = v.id and v.condemned_at is null
                        """).params(Timestamp.from(at), sound, version).update() == 1;
    }
}
