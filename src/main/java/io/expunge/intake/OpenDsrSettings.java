package io.expunge.intake;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whether and as whom the service is an OpenDSR processor.
 *
 * @param domain of the processor, under which its discovery is reached by https; the adapter is off without one
 * @param certificate PEM chain of the certificate for that domain, the domain's own first
 * @param privateKey PEM (PKCS #8) of its key, RSA or EC
 * @param identities that are understood, as {@code type/format}; a hashed one stands as it is in the data sets' subject
 *     column
 * @param defaultRegulation for requests that name none, as the specification's own example does; without one they are
 *     refused
 */
@Validated
@ConfigurationProperties(prefix = "expunge.opendsr", ignoreUnknownFields = false)
record OpenDsrSettings(
        @Nullable String domain,
        @Nullable Path certificate,
        @Nullable Path privateKey,

        @DefaultValue({"controller_customer_id/raw", "email/raw"})
        List<String> identities,

        @Nullable String defaultRegulation) {}
