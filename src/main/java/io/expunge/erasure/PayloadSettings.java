package io.expunge.erasure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long, and under which keys, a request's own words are kept.
 *
 * @param keyFile keys that encrypt the data keys, made at the first start; without them no payload can be read
 * @param keys the same keys given from outside, newest first, in place of the file
 * @param keyAge after how long a new key takes over and the old one is destroyed
 * @param grace how long after its end a request's data key is kept
 * @param keepRequests how long after its end a request without a match, withdrawn or refused is kept at all
 */
@Validated
@ConfigurationProperties(prefix = "expunge.payload", ignoreUnknownFields = false)
record PayloadSettings(
        @DefaultValue("./data/payload.key") Path keyFile,

        @Nullable String keys,
        @DefaultValue("30d") Duration keyAge,
        @DefaultValue("7d") Duration grace,
        @DefaultValue("P24M") Period keepRequests) {}
