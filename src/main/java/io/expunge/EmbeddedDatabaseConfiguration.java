package io.expunge;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;

/** Without {@code spring.datasource.url} the service brings its own PostgreSQL. */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnExpression("environment['spring.datasource.url'] == null")
class EmbeddedDatabaseConfiguration {

    @Bean
    @ConditionalOnMissingBean(JdbcConnectionDetails.class)
    EmbeddedDatabase embeddedDatabase(@Value("${expunge.data-directory:./data}") Path directory) {
        return EmbeddedDatabase.start(directory.resolve("postgres"));
    }
}
