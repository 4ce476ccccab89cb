package io.expunge.intake;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether Fides may file requests by its connector.
 *
 * @param enabled whether the adapter is on
 * @param url where Fides itself is reached, for the callback strategy; without it only polling is answered
 * @param regulation for requests that name none
 * @param lead how long a request has been with Fides when it comes here; the legal clock is started so much earlier, since
 *     Fides does not say when the person asked
 */
@Validated
@ConfigurationProperties(prefix = "expunge.fides", ignoreUnknownFields = false)
record FidesSettings(
        @DefaultValue("false") boolean enabled,
        @Nullable String url,
        @DefaultValue("gdpr") String regulation,
        @DefaultValue("0s") Duration lead) {}
