package io.expunge.intake;

import io.expunge.erasure.Standing.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which request to forget is which one of another protocol. */
@Repository
class ForeignRequests {

    private static final String COLUMNS = "controller_id, protocol, foreign_id, request_id, callbacks, context, told";

    private final JdbcClient jdbc;
    private final JdbcTemplate template;

    ForeignRequests(JdbcClient jdbc, JdbcTemplate template) {
        this.jdbc = jdbc;
        this.template = template;
    }

    /**
     * A request of another protocol.
     *
     * @param callbacks where changes are told; empty once the last one is on its way
     * @param foreignId what it is called there
     * @param context what the adapter must remember of it; nothing secret
     * @param told the stage that the controller was told last
     */
    record Foreign(
            UUID controllerId,
            String protocol,
            String foreignId,
            UUID requestId,
            List<String> callbacks,
            String context,
            Stage told) {}

    /** False if it is known already. */
    boolean insert(Foreign one) {
        return template.update(connection -> {
                    var statement = connection.prepareStatement("insert into foreign_request (" + COLUMNS
                            + ") values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing");
                    statement.setObject(1, one.controllerId());
                    statement.setString(2, one.protocol());
                    statement.setString(3, one.foreignId());
                    statement.setObject(4, one.requestId());
                    statement.setArray(
                            5, connection.createArrayOf("text", one.callbacks().toArray()));
                    statement.setString(6, one.context());
                    statement.setString(7, one.told().name());
                    return statement;
                })
                == 1;
    }

    Optional<Foreign> find(UUID controller, String protocol, String foreignId) {
        return jdbc.sql("select " + COLUMNS
                        + " from foreign_request where controller_id = ? and protocol = ? and foreign_id = ?")
                .params(controller, protocol, foreignId)
                .query(ForeignRequests::foreign)
                .optional();
    }

    /** Those of these requests of which something is still to be told. */
    List<Foreign> of(Collection<UUID> requests) {
        return jdbc.sql("select " + COLUMNS
                        + " from foreign_request where request_id in (:requests) and cardinality(callbacks) > 0")
                .param("requests", requests)
                .query(ForeignRequests::foreign)
                .list();
    }

    /** Those requests are no more. */
    void delete(Collection<UUID> requests) {
        jdbc.sql("delete from foreign_request where request_id in (:requests)")
                .param("requests", requests)
                .update();
    }

    /** @param last whether nothing more will be told */
    void told(Foreign one, Stage stage, boolean last) {
        jdbc.sql("update foreign_request set told = ?, callbacks = case when ? then '{}' else callbacks end"
                        + " where controller_id = ? and protocol = ? and foreign_id = ?")
                .params(stage.name(), last, one.controllerId(), one.protocol(), one.foreignId())
                .update();
    }

    private static Foreign foreign(ResultSet row, int ignored) throws SQLException {
        return new Foreign(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getObject(4, UUID.class),
                Arrays.asList((String[]) row.getArray(5).getArray()),
                row.getString(6),
                Stage.valueOf(row.getString(7)));
    }
}
