package io.expunge.intake;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether Ketch may forward requests to delete.
 *
 * @param enabled whether the adapter is on
 * @param identities by which people are known here, as {@code identitySpace/identityFormat}; a hashed one stands as it is
 *     in the data sets' subject column
 * @param regulations codes of regulations as they are defined in Ketch, and {@code gdpr} or {@code ccpa} for each
 * @param defaultRegulation for codes that are not listed; without one such requests are refused
 */
@Validated
@ConfigurationProperties(prefix = "expunge.ketch", ignoreUnknownFields = false)
record KetchSettings(
        @DefaultValue("false") boolean enabled,

        @DefaultValue({"account_id/raw", "email/raw"}) List<String> identities,

        @DefaultValue Map<String, String> regulations,
        @Nullable String defaultRegulation) {}
