package io.expunge.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the log is signed and published.
 *
 * @param keyDirectory the signing keys, made at the first start; shared by all processes
 * @param checkpointDirectory where every checkpoint is written as a file; point it outside what an intruder could reach
 * @param checkpointEvery how often the log is signed, if it has grown
 */
@Validated
@ConfigurationProperties(prefix = "expunge.audit", ignoreUnknownFields = false)
public record AuditSettings(
        @DefaultValue("./data/signing") Path keyDirectory,
        @DefaultValue("./data/checkpoints") Path checkpointDirectory,
        @DefaultValue("10m") Duration checkpointEvery) {}
