package io.expunge.run;

import io.expunge.catalog.Artifacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What members of ensembles said, each under the SHA-256 of all that decides it. A member is claimed before its file is
 * moved to its place, so a process that ends in between leaves a row by which the file is found and erased.
 */
@Component
class MemberStore {

    private static final HexFormat HEX = HexFormat.of();

    static final String USED = """
            select exists (select from ensemble_member e join ensemble o on o.id = e.ensemble_id
                           where e.key = ? and o.controller_id = ? and e.condemned_at is null)
            """;

    private final JdbcClient jdbc;
    private final Artifacts artifacts;
    private final Clock clock;

    MemberStore(JdbcClient jdbc, Artifacts artifacts, Clock clock) {
        this.jdbc = jdbc;
        this.artifacts = artifacts;
        this.clock = clock;
    }

    /** A member that no ensemble has. */
    record Unused(UUID controller, String key) {}

    /** Those of {@code keys} that are stored, with their files; in a transaction they stay until its end. */
    Set<String> stored(UUID controller, Collection<String> keys) {
        var all = new HashSet<String>();
        jdbc.sql("""
                        select key from member where controller_id = ? and key = any (?) and stored_at is not null
                        order by key for key share
                        """).params(controller, bytes(keys)).query((ResultSet row) -> {
            all.add(HEX.formatHex(row.getBytes(1)));
        });
        all.removeIf(key -> !Files.exists(artifacts.member(controller, key)));
        return all;
    }

    @Transactional
    void claim(UUID controller, Collection<String> keys) {
        // in order, so that two that claim the same ones don't wait for each other
        jdbc.sql("""
                        insert into member (controller_id, key, bytes, claimed_at)
                        select ?, key, 0, ? from unnest(?::bytea[]) as k (key) order by key on conflict do nothing
                        """)
                .params(controller, Timestamp.from(clock.instant()), bytes(keys))
                .update();
    }

    /** Moves a file to its place; it counts once {@link #settled}. */
    void keep(UUID controller, String key, Path file) {
        artifacts.keepMember(controller, key, file);
    }

    /**
     * A claimed member has its file.
     *
     * @throws IllegalStateException if somebody erased it meanwhile, so that it must be trained again
     */
    @Transactional(propagation = Propagation.MANDATORY)
    void settled(UUID controller, String key, long bytes) {
        int changed = jdbc.sql("update member set bytes = ?, stored_at = ? where controller_id = ? and key = ?")
                .params(bytes, Timestamp.from(clock.instant()), controller, HEX.parseHex(key))
                .update();
        if (changed == 0 || !Files.exists(artifacts.member(controller, key))) {
            throw new IllegalStateException("a member was erased while it was stored");
        }
    }

    Path file(UUID controller, String key) {
        return artifacts.member(controller, key);
    }

    /** Members that no ensemble has: left by ensembles that were erased, or claimed before a time and never stored. */
    List<Unused> unused(Instant claimedBefore, int limit) {
        return jdbc.sql("""
                        select m.controller_id, m.key from member m
                        where (m.stored_at is not null or m.claimed_at < ?) and not exists (
                            select from ensemble_member e join ensemble o on o.id = e.ensemble_id
                            where e.key = m.key and o.controller_id = m.controller_id)
                        limit ?
                        """)
                .params(Timestamp.from(claimedBefore), limit)
                .query((row, i) -> new Unused(row.getObject(1, UUID.class), HEX.formatHex(row.getBytes(2))))
                .list();
    }

    /**
     * Erases a member if no ensemble has it, other than as one that is to be erased.
     *
     * @return how many bytes; 0 where it stays
     */
    @Transactional(propagation = Propagation.MANDATORY)
    long eraseUnlessUsed(UUID controller, String key) {
        // whoever wants to link it meanwhile waits for this row, and then finds it gone
        var held = jdbc.sql("select 1 from member where controller_id = ? and key = ? for update")
                .params(controller, HEX.parseHex(key))
                .query(Integer.class)
                .optional();
        var used = jdbc.sql(USED)
                .params(HEX.parseHex(key), controller)
                .query(Boolean.class)
                .single();
        if (held.isEmpty() || used) {
            return 0;
        }
        long gone = artifacts.eraseMember(controller, key);
        jdbc.sql("delete from member where controller_id = ? and key = ?")
                .params(controller, HEX.parseHex(key))
                .update();
        return gone;
    }

    private static byte[][] bytes(Collection<String> keys) {
        return keys.stream().map(HEX::parseHex).toArray(byte[][]::new);
    }
}
