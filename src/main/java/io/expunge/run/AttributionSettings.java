package io.expunge.run;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How far predictions of what a version would say without some records are trusted.
 *
 * @param largestShare of the version's records that may leave at once; predictions are linear and fail where many leave
 * @param fewestMembers of an ensemble that datamodels are estimated from
 */
@Validated
@ConfigurationProperties(prefix = "expunge.attribution", ignoreUnknownFields = false)
record AttributionSettings(
        @DefaultValue("0.1") double largestShare,
        @DefaultValue("500") int fewestMembers) {}
