package io.expunge;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings that belong to no module.
 *
 * @param role which part of the service this process is
 * @param dataDirectory where the embedded database, artifacts and generated secrets are kept
 */
@Validated
@ConfigurationProperties(prefix = "expunge")
record ExpungeSettings(
        @DefaultValue("all") Role role,
        @DefaultValue("./data") Path dataDirectory) {

    /** Any number of API processes and workers share one database. */
    enum Role {
        /** API and worker in one process. */
        ALL,
        /** Answers requests and does light tasks; edits no model. */
        API,
        /** Edits models; of HTTP it serves only health and metrics. */
        WORKER
    }
}
