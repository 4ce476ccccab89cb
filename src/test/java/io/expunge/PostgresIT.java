package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

class PostgresIT {

    @Test
    void everyDatabaseIsPostgres18AndEmpty() throws SQLException {
        var first = TestDatabase.create();
        var second = TestDatabase.create();
        assertThat(query(first, "show server_version")).startsWith("18");
        query(first, "create table only_here (id int); select 'made'");
        assertThat(query(second, "select count(*) from pg_tables where tablename = 'only_here'"))
                .isEqualTo("0");
    }

    private static String query(JdbcConnectionDetails database, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        database.getJdbcUrl(), database.getUsername(), database.getPassword());
                var statement = connection.createStatement()) {
            var more = statement.execute(sql);
            while (!more) {
                more = statement.getMoreResults();
            }
            var result = statement.getResultSet();
            result.next();
            return result.getString(1);
        }
    }
}
