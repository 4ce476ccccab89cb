package io.expunge.evidence;

import io.expunge.audit.Actor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** How runs, and what was published for requests, were judged: {@code passed}, {@code inconclusive} or {@code failed}. */
@Service
public class Verdicts {

    private final JdbcClient jdbc;

    Verdicts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** By run; without those that were not judged. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'ENGINEER', 'AUDITOR', 'ADMIN')")
    @Transactional(readOnly = true)
    public Map<UUID, String> ofRuns(Collection<UUID> runs) {
        return found("""
                select run_id, outcome from evaluation
                where controller_id = :controller and run_id = any (:ids) and outcome is not null
                """, runs);
    }

    /** By request, of its last certificate; without those that have none. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'AUDITOR')")
    @Transactional(readOnly = true)
    public Map<UUID, String> ofRequests(Collection<UUID> requests) {
        return found("""
                select r.request_id, c.verdict from certificate_request r join certificate c on c.id = r.certificate_id
                where c.controller_id = :controller and r.request_id = any (:ids) order by c.issued_at
                """, requests);
    }

    /** The certificate that a run led to. */
    @PreAuthorize("hasAnyRole('PRIVACY_OFFICER', 'ENGINEER', 'AUDITOR', 'ADMIN')")
    @Transactional(readOnly = true)
    public Optional<UUID> certificate(UUID run) {
        return jdbc.sql("select id from certificate where controller_id = :controller and run_id = :run")
                .param("controller", Actor.current().controller())
                .param("run", run)
                .query(UUID.class)
                .optional();
    }

    private Map<UUID, String> found(String sql, Collection<UUID> ids) {
        var all = new HashMap<UUID, String>();
        jdbc.sql(sql)
                .param("controller", Actor.current().controller())
                .param("ids", ids.toArray(UUID[]::new))
                .query(row -> {
                    all.put(row.getObject(1, UUID.class), row.getString(2).toLowerCase(Locale.ROOT));
                });
        return all;
    }
}
