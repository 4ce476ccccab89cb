package io.expunge;

import jakarta.validation.constraints.PositiveOrZero;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings that belong to no module.
 *
 * @param role which part of the service this process is
 * @param dataDirectory where the embedded database, artifacts and generated secrets are kept
 * @param engine how gradients are computed
 */
@Validated
@ConfigurationProperties(prefix = "expunge")
record ExpungeSettings(
        @DefaultValue("all") Role role,
        @DefaultValue("./data") Path dataDirectory,
        @DefaultValue Engine engine) {

    /**
     * How gradients are computed.
     *
     * @param threads of one operator; 0 for one fewer than there are cores. Another number gives other rounding, so a run
     *     must be resumed with the same
     */
    record Engine(@DefaultValue("0") @PositiveOrZero int threads) {}

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
