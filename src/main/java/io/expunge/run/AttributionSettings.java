package io.expunge.run;

import java.util.Locale;
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
        @DefaultValue("500") int fewestMembers) {

    /**
     * Passes where so few records leave that a prediction is trusted.
     *
     * @throws Unserved if there are more
     */
    void requireFew(int leaving, int records) {
        double share = (double) leaving / records;
        if (share > largestShare) {
            throw new Unserved(String.format(
                    Locale.ROOT,
                    "predicts linearly, which is trusted up to %.0f %% of a version's records, and %.0f %% would leave",
                    100 * largestShare,
                    100 * share));
        }
    }
}
