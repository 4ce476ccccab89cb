package io.expunge.console;

import io.expunge.ExpungeApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;

/** One more process of the service on the same database and the same data directory, as far as one JVM can hold it. */
final class SecondProcess implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    SecondProcess(JdbcConnectionDetails database, Path data, String... settings) {
        var all = new ArrayList<>(List.of(
                "--server.port=0",
                "--expunge.role=api",
                "--expunge.data-directory=" + data,
                "--expunge.access.password-cost=4",
                "--spring.datasource.url=" + database.getJdbcUrl(),
                "--spring.datasource.username=" + database.getUsername(),
                "--spring.datasource.password=" + database.getPassword(),
                "--spring.datasource.hikari.maximum-pool-size=4",
                "--spring.jmx.enabled=false"));
        all.addAll(List.of(settings));
        context = new SpringApplicationBuilder(ExpungeApplication.class).run(all.toArray(String[]::new));
    }

    String url() {
        return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    @Override
    public void close() {
        context.close();
    }
}
