package io.expunge.metric;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a check, or all of them together, came to. */
public enum Outcome {
    @JsonProperty("passed")
    PASSED,
    /** Outside the limit, and more than the sample's noise. */
    @JsonProperty("failed")
    FAILED,
    /** The sample is too small to tell on which side of the limit the truth lies. */
    @JsonProperty("inconclusive")
    INCONCLUSIVE
}
