package io.expunge.run;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How runs are worked on.
 *
 * @param poll how often a worker asks for work
 * @param heartbeat how often a worker says that it lives; after four missed its runs go to another
 * @param checkpoint how often an edit's state is written
 * @param progress how often progress is stored and a cancellation is looked for
 * @param attempts how often a run is tried before a person is asked
 * @param losses how many workers in a row may end without a word at the same place of a run before a person is asked
 * @param backOff wait before the second attempt; doubled for each further one
 * @param grace how long what is not needed any more is kept: rejected and superseded versions, files of failed runs
 * @param shutdown how long a stop waits for a checkpoint
 * @param runTakes how long a run is taken to need a worker before any was measured
 * @param approvalTakes how long a person is taken to need for a decision
 * @param forecastMargin how much earlier than its deadline a request must be expected to be served, or it is named late
 * @param verifyEvery how often a published version's files, and whom it knows, are looked at again
 */
@Validated
@ConfigurationProperties(prefix = "expunge.run", ignoreUnknownFields = false)
record RunSettings(
        @DefaultValue("500ms") Duration poll,
        @DefaultValue("3s") Duration heartbeat,
        @DefaultValue("5s") Duration checkpoint,
        @DefaultValue("500ms") Duration progress,
        @DefaultValue("4") int attempts,
        @DefaultValue("8") int losses,
        @DefaultValue("10s") Duration backOff,
        @DefaultValue("7d") Duration grace,
        @DefaultValue("25s") Duration shutdown,
        @DefaultValue("1h") Duration runTakes,
        @DefaultValue("24h") Duration approvalTakes,
        @DefaultValue("48h") Duration forecastMargin,
        @DefaultValue("24h") Duration verifyEvery) {

    private static final int MOST_DOUBLINGS = 10;

    /** The wait after so many failures in a row. */
    Duration pause(int failures) {
        return backOff.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    }
}
