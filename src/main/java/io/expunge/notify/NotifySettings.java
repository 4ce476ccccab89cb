package io.expunge.notify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How news is delivered.
 *
 * @param keyFile what the endpoints' secrets are derived from, made at the first start
 * @param allowedNetworks internal networks that may be called all the same, such as {@code 10.0.0.0/8}
 * @param allowHttp whether an endpoint may do without TLS
 * @param timeout for connection and answer, each
 * @param retries pauses between attempts, jitter on top; after the last one a delivery has failed
 * @param disableAfter how long an endpoint may fail without a break before it is disabled
 * @param overlap how long after a rotation the old secret signs, too
 * @param keepDeliveries how long a delivery is kept once it has ended
 */
@Validated
@ConfigurationProperties(prefix = "expunge.notify", ignoreUnknownFields = false)
record NotifySettings(
        @DefaultValue("./data/webhook.key") Path keyFile,
        @DefaultValue({}) List<String> allowedNetworks,
        @DefaultValue("false") boolean allowHttp,
        @DefaultValue("15s") Duration timeout,

        @DefaultValue({"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"})
        List<Duration> retries,

        @DefaultValue("5d") Duration disableAfter,
        @DefaultValue("24h") Duration overlap,
        @DefaultValue("30d") Duration keepDeliveries) {}
