package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class ApplicationIT extends HttpTest {

    @Autowired
    JdbcClient database;

    @Test
    void startsOnARealDatabaseThatKeepsWhatItAcknowledges() {
        assertThat(database.sql("show server_version_num").query(Integer.class).single())
                .isGreaterThanOrEqualTo(180000);
        assertThat(database.sql("show synchronous_commit").query(String.class).single())
                .isEqualTo("on");
    }
}
