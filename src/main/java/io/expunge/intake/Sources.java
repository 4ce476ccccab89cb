package io.expunge.intake;

import io.expunge.audit.Actor;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** By which protocol of others requests came. */
@Service
public class Sources {

    private final JdbcClient jdbc;

    Sources(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Came(UUID request, String protocol) {}

    /** The protocol of each of the caller's requests that came by one. */
    @Transactional(readOnly = true)
    public Map<UUID, String> protocols(Collection<UUID> requests) {
        return jdbc
                .sql("""
                        select request_id, min(protocol) from foreign_request
                        where request_id = any (?) and controller_id = ? group by request_id
                        """)
                .param(requests.toArray(UUID[]::new))
                .param(Actor.current().controller())
                .query((row, i) -> new Came(row.getObject(1, UUID.class), row.getString(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Came::request, Came::protocol));
    }
}
